"""One run on the runs page: its parts, its buttons, and what they do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import RunInfo, Workspace
from studio.pages.common import QUIET, find_run, panel, prompt_limit, query, telling
from studio.pages.forgetting_view import (
    ForgettingLook,
    ForgettingParts,
    ask,
    forgetting_look,
    forgetting_parts,
)
from studio.pages.history_view import EARLY
from studio.pages.inside_view import inside_view
from studio.pages.run_view import run_about, run_head, run_live
from studio.parts.frame import address
from studio.parts.text import esc
from studio.removal import run_goes

LOG_END = 20_000  # characters; the file itself stays whole


@dataclass(frozen=True)
class Detail:
    """One run: what is drawn anew as it moves, and the buttons that its state allows."""

    whole: gr.Column
    head: gr.HTML
    live: gr.HTML
    inside: gr.HTML
    forgetting: ForgettingParts
    after: gr.HTML
    stop: gr.Button
    resume: gr.Button
    again: gr.Button
    remove: gr.Button
    sure: gr.Row
    goes: gr.HTML
    yes: gr.Button
    no: gr.Button
    clone: gr.HTML
    fold: gr.Accordion
    log: gr.HTML

    @property
    def drawn(self) -> list[Any]:
        buttons = [self.stop, self.resume, self.again, self.remove]
        shown = [self.head, self.live, *self.forgetting.drawn, self.inside, self.after]
        return [*shown, *buttons, self.clone, self.log]


def detail_parts() -> Detail:
    """Lay it out, hidden until there is a run to show."""
    with gr.Column(visible=False) as whole:
        head, live = panel(id="run"), panel(id="live")
        with gr.Row(elem_classes="actions"):
            stop = gr.Button("Stop", visible=False, scale=0, elem_id="stop")
            resume = gr.Button("Resume", variant="primary", visible=False, scale=0)
            again = gr.Button("Train again", visible=False, scale=0)
            clone = panel()
            remove = gr.Button("Delete…", visible=False, scale=0)
        with gr.Row(visible=False, elem_classes="actions") as sure:
            goes = panel(id="goes")
            yes = gr.Button("Delete for good", variant="stop", scale=0)
            no = gr.Button("Keep it", scale=0)
        forgetting = forgetting_parts()
        inside = panel(id="inside")
        after = panel(id="about")
        with gr.Accordion("Log", open=False, elem_classes="fold") as fold:
            log = panel(id="log")
    return Detail(
        whole=whole,
        head=head,
        live=live,
        inside=inside,
        forgetting=forgetting,
        after=after,
        stop=stop,
        resume=resume,
        again=again,
        remove=remove,
        sure=sure,
        goes=goes,
        yes=yes,
        no=no,
        clone=clone,
        fold=fold,
        log=log,
    )


@dataclass(frozen=True)
class Look:
    """What a poll asks of a run; `mark` tells whether it looks different from before."""

    run: RunInfo
    head: str
    live: str
    log: str
    forgot: ForgettingLook
    moves: bool

    @property
    def mark(self) -> str:
        told = self.head + self.live + self.forgot.mark + self.log
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def look(workspace: Workspace, run: RunInfo) -> Look:
    """A run as it is now."""
    comparison = workspace.comparison_of(run.name)
    compares = comparison is not None and comparison.state in ("queued", "running")
    forgot = forgetting_look(workspace, run)
    moves = compares or forgot.moves or run.state in ("queued", "running")
    log = workspace.log(run.name)[-LOG_END:]
    live = run_live(workspace, run, comparison)
    return Look(run, run_head(run), live, log, forgot, moves)


def drawn(workspace: Workspace, seen: Look, detail: Detail) -> dict[Any, Any]:
    """Everything of a run that changes while somebody looks at it.

    This walks through the run's folder for what it takes: call it where something has changed.
    """
    run, moving = seen.run, seen.run.state in ("queued", "running")
    stopping = moving and workspace.job(run.name).stop_requested
    clone = address("/train", {"clone": run.id})
    return {
        detail.head: seen.head,
        detail.live: seen.live,
        **seen.forgot.updates(detail.forgetting),
        detail.inside: inside_view(workspace, run),
        detail.after: run_about(run, workspace.taken(run)),
        detail.log: f"<pre>{esc(seen.log) or 'Nothing yet.'}</pre>",
        detail.stop: gr.Button(
            "Stopping…" if stopping else "Stop", visible=moving, interactive=not stopping
        ),
        detail.resume: gr.Button(visible=run.state in EARLY),
        detail.again: gr.Button(visible=not moving),
        detail.remove: gr.Button(visible=not moving),
        detail.clone: f'<a class="button" href="{esc(clone)}">Change something and train</a>',
    }


def wire_actions(
    workspace: Workspace,
    detail: Detail,
    told: gr.HTML,
    timer: gr.Timer,
    seen: gr.State,
    go: gr.HTML,
) -> None:
    """Let the buttons do what they say."""

    def asked(request: gr.Request) -> RunInfo:
        return find_run(workspace, query(request, "run"))

    _wire_leaving(workspace, detail, told, go, asked)

    def anew(run: RunInfo) -> dict[Any, Any]:
        found = look(workspace, run)
        now = {"face": "run", "run": found.mark}
        return {**drawn(workspace, found, detail), seen: now, timer: gr.Timer(active=True)}

    def acting(verb: Callable[[str], Any]) -> Callable[..., Any]:
        @telling(told)
        def act(request: gr.Request) -> dict[Any, Any]:
            verb(asked(request).name)
            return anew(asked(request))

        return act

    @telling(told)
    def forget(prompts: Any, limit: Any, request: gr.Request) -> dict[Any, Any]:
        ask(workspace, asked(request), str(prompts or "") or None, prompt_limit(limit))
        return anew(asked(request))

    outputs = [told, *detail.drawn, seen, timer]
    detail.stop.click(acting(workspace.stop), None, outputs, **QUIET)
    detail.resume.click(acting(workspace.resume), None, outputs, **QUIET)
    chosen = [detail.forgetting.prompts, detail.forgetting.limit]
    detail.forgetting.look.click(forget, chosen, outputs, **QUIET)


def _wire_leaving(
    workspace: Workspace,
    detail: Detail,
    told: gr.HTML,
    go: gr.HTML,
    asked: Callable[[gr.Request], RunInfo],
) -> None:
    """Let those buttons work after which another page is looked at."""

    @telling(told)
    def again(request: gr.Request) -> dict[Any, Any]:
        return {go: f"/runs?run={workspace.again(asked(request).name).id}"}

    @telling(told)
    def unsure(request: gr.Request) -> dict[Any, Any]:
        run = asked(request)
        return {
            detail.goes: f"<p>{esc(run_goes(run, workspace.removal(run.name)))}</p>",
            detail.sure: gr.Row(visible=True),
        }

    @telling(told)
    def removed(request: gr.Request) -> dict[Any, Any]:
        workspace.delete(asked(request).name)
        return {go: "/runs"}

    detail.again.click(again, None, [told, go], **QUIET)
    detail.remove.click(unsure, None, [told, detail.goes, detail.sure], **QUIET)
    detail.no.click(lambda: gr.Row(visible=False), None, detail.sure, **QUIET)
    detail.yes.click(removed, None, [told, go], **QUIET)
