"""The section of a run's page that says what it forgot, and the press that asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import Forgetting, NotFound, RunInfo, Workspace
from studio.pages.common import soft_panel
from studio.parts.forgetting import forgotten_view
from studio.parts.frame import section
from studio.parts.notices import error_notice, notice
from studio.parts.states import badge, progress
from studio.parts.text import clip, count, esc

MOVING = ("queued", "running")
FIRST, GO_ON = "See what it forgot", "Go on"
GENERAL = ""  # the choice that is no dataset
_WHAT = (
    "Training on one thing can cost a model others. Here the run and its untuned base answer the "
    "same prompts, which have nothing to do with what was learnt."
)


@dataclass(frozen=True)
class ForgettingParts:
    """What was found, and below it which prompts to ask and the button that does."""

    whole: gr.Column
    view: gr.HTML
    prompts: gr.Dropdown
    limit: gr.Textbox
    look: gr.Button

    @property
    def drawn(self) -> list[Any]:
        return [self.whole, self.view, self.prompts, self.limit, self.look]


def forgetting_parts() -> ForgettingParts:
    """Lay it out, hidden until there is a run that can answer."""
    with gr.Column(visible=False) as whole:
        view = soft_panel("forgotten")
        with gr.Row(elem_classes="fields"):
            prompts = gr.Dropdown(
                [("General prompts", GENERAL)],
                value=GENERAL,
                label="Prompts",
                info="General ones, or the test prompts of a dataset of yours.",
                visible=False,
                elem_id="forget-prompts",
            )
            limit = gr.Textbox(
                label="At most this many prompts",
                placeholder="all of them",
                info="Fewer are quicker and tell less; every task gets as many as the others.",
                max_lines=1,
                elem_id="forget-limit",
            )
        with gr.Row(elem_classes="actions"):
            look = gr.Button(FIRST, scale=0, elem_id="see-forgotten")
    return ForgettingParts(whole, view, prompts, limit, look)


@dataclass(frozen=True)
class ForgettingLook:
    """The section as it stands now: what a poll asks, without the parts that show it."""

    shown: bool = False
    html: str = ""
    label: str = ""  # of the button; "" where there is nothing to press
    choices: tuple[tuple[str, str], ...] = ()
    moves: bool = False

    @property
    def mark(self) -> str:
        """What differs where the section does."""
        return self.html + self.label

    def updates(self, parts: ForgettingParts) -> dict[Any, Any]:
        """The parts as they have to be shown; what goes on does so with the prompts it had."""
        fresh = bool(self.label) and self.label != GO_ON
        return {
            parts.whole: gr.Column(visible=self.shown),
            parts.view: self.html,
            parts.prompts: gr.Dropdown(
                choices=[*self.choices], visible=fresh and len(self.choices) > 1
            ),
            parts.limit: gr.Textbox(visible=fresh),
            parts.look: gr.Button(self.label, visible=bool(self.label)),
        }


def broken_off(look: Forgetting) -> bool:
    """Whether a look ended before its end, and nothing is wrong with it."""
    return look.job.state not in (*MOVING, "done", "failed")


def ask(workspace: Workspace, run: RunInfo, data: str | None, limit: int | None) -> None:
    """Look at what a run forgot; a look that was broken off goes on with the prompts it had."""
    looks = workspace.forgettings(run.name)
    if looks and broken_off(looks[0]):
        data, limit = _data(workspace, looks[0]), looks[0].limit
    workspace.forget(run.name, data=data, limit=limit)


def _data(workspace: Workspace, look: Forgetting) -> str | None:
    return None if look.data is None else workspace.dataset_by_id(look.data).spec


def forgetting_look(workspace: Workspace, run: RunInfo) -> ForgettingLook:
    """What is known, and what can be pressed."""
    if run.state in MOVING or not (run.result or run.state == "done"):
        return ForgettingLook()
    asked = workspace.forgettings(run.name)
    others = [d for d in workspace.datasets() if d.name != run.dataset]
    choices = (("General prompts", GENERAL), *((clip(d.name, 60), d.spec) for d in others))
    moves = any(one.job.state in MOVING for one in asked)
    if moves:
        label = ""
    elif asked and broken_off(asked[0]):
        label = GO_ON
    elif asked:
        label = "Ask other prompts" if asked[0].job.state == "done" else FIRST
    else:
        label = FIRST
    return ForgettingLook(True, forgetting_html(workspace, run, asked), label, choices, moves)


def forgetting_html(workspace: Workspace, run: RunInfo, asked: list[Forgetting]) -> str:
    """The newest look in full, earlier ones folded."""
    body = f'<p class="quiet">{esc(_WHAT)}</p>'
    for place, one in enumerate(asked):
        shown = _look(run, one)
        if place:
            summary = f"<summary>{_title(workspace, one)}</summary>"
            shown = f'<details class="more">{summary}{shown}</details>'
        body += shown
    return section("What was forgotten", body, kind="forgotten")


def _title(workspace: Workspace, one: Forgetting) -> str:
    some = f", at most {count(one.limit)}" if one.limit is not None else ""
    if one.data is None:
        return f"By general prompts{some}"
    try:
        return f"By prompts of {esc(clip(workspace.dataset_by_id(one.data).name, 60))}{some}"
    except NotFound:
        return "By prompts of a dataset that was deleted"


def _look(run: RunInfo, one: Forgetting) -> str:
    job = one.job
    if job.state in MOVING:
        return (
            '<div class="card"><p class="line"><strong>Asking it and its base</strong>'
            f'{badge(job.state)}</p>{progress(job)}<p class="quiet">You may close the page; it can '
            'be stopped on the <a href="/runs">Runs</a> page and loses no answer.</p></div>'
        )
    if one.found is not None:
        return forgotten_view(one.found, f"/forgotten/{run.id}/{job.id}")
    if job.error:
        return error_notice(job.error)
    if job.state == "done":
        return notice("What was found is gone from the run's folder.", "Ask again.")
    return notice(f"This was {job.state}.", "What was answered is kept: press Go on.")
