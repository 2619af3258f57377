"""What compared runs forgot: a line each on the Compare page, with the press that asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import ComparisonInfo, Forgetting, NotFound, RunInfo, Workspace
from studio.pages.common import (
    QUIET,
    acting_panel,
    find_comparison,
    find_run,
    followed,
    query,
    telling,
)
from studio.pages.forgetting_view import ask
from studio.parts.colours import is_base, swatch
from studio.parts.frame import address, section
from studio.parts.notices import error_notice
from studio.parts.states import badge, progress
from studio.parts.text import clip, esc

POLL = 1.0  # seconds between two looks while a run is being asked
MOVING = ("queued", "running")
_WHAT = (
    "The scores above are about what was learnt. Training on one thing can cost a model others: "
    "here a run and its untuned base answer prompts that have nothing to do with it."
)


@dataclass(frozen=True)
class Here:
    """The section, and the clock that runs while something in it moves."""

    view: gr.HTML
    timer: gr.Timer

    @property
    def drawn(self) -> list[Any]:
        return [self.view, self.timer]


def here() -> Here:
    """Lay it out; empty where no run is compared."""
    return Here(acting_panel("forgotten-here"), gr.Timer(POLL, active=False))


def draw_here(workspace: Workspace, parts: Here, info: ComparisonInfo) -> dict[Any, Any]:
    """The section as it stands now."""
    found = [(run, _newest(workspace, run)) for run in _runs(workspace, info)]
    moves = any(look is not None and look.job.state in MOVING for _, look in found)
    lines = "".join(_line(run, look, info.variants) for run, look in found)
    body = f'<p class="quiet">{esc(_WHAT)}</p>{lines}'
    html = section("What was forgotten", body) if found else ""
    return {parts.view: html, parts.timer: gr.Timer(active=moves)}


def wire_here(workspace: Workspace, parts: Here, notice: gr.HTML) -> None:
    """Let a press ask what a run of the comparison forgot."""

    @telling(notice)
    def pressed(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        info = find_comparison(workspace, query(request, "comparison"))
        _, to = followed(event)
        run = find_run(workspace, to.get("forget", ""))
        if run.name in info.variants:
            ask(workspace, run, None, None)
        return draw_here(workspace, parts, info)

    @telling(notice, quiet=True)
    def ticked(request: gr.Request) -> dict[Any, Any]:
        info = find_comparison(workspace, query(request, "comparison"))
        return draw_here(workspace, parts, info)

    parts.view.click(pressed, None, [notice, *parts.drawn], **QUIET)
    parts.timer.tick(ticked, None, [notice, *parts.drawn], **QUIET)


def _runs(workspace: Workspace, info: ComparisonInfo) -> list[RunInfo]:
    """Those that are still there."""
    found = []
    for name in info.variants:
        if not is_base(name):
            try:
                found.append(workspace.run(name))
            except NotFound:
                continue
    return found


def _newest(workspace: Workspace, run: RunInfo) -> Forgetting | None:
    """The newest look by general prompts, else the newest of all."""
    looks = workspace.forgettings(run.name)
    return next((one for one in looks if one.data is None), looks[0] if looks else None)


def _line(run: RunInfo, look: Forgetting | None, variants: Sequence[str]) -> str:
    name = f"<strong>{swatch(run.name, variants)}{esc(clip(run.name, 60))}</strong>"
    if look is not None and look.found is not None:
        where = address("/runs", {"run": run.id}) + "#forgotten"
        way = f'<a href="{esc(where)}">See it by task</a>'
        return _card(name, way, f"<p>{esc(look.found.sentence)}</p>")
    if look is not None and look.job.state in MOVING:
        return _card(name, badge(look.job.state), progress(look.job, label="What it forgot"))
    problem = error_notice(look.job.error) if look is not None and look.job.error else ""
    label = "See what it forgot" if look is None else "Go on"
    press = (
        f'<button type="button" class="small" data-do="?forget={run.id}" '
        f'aria-label="{esc(f"{label}: {clip(run.name, 60)}")}">{label}</button>'
    )
    return _card(name, press, problem)


def _card(name: str, end: str, body: str) -> str:
    return f'<div class="card forgot"><p class="line">{name}{end}</p>{body}</div>'
