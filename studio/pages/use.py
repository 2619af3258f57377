"""The use page: take a finished run with you, or talk to it here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import RunInfo, Workspace, keeps_whole_model, method_title
from studio.pages.common import (
    QUIET,
    find_run,
    mover,
    notice_panel,
    opening,
    panel,
    query,
    telling,
)
from studio.pages.talk import Asked, Talk, before, talk, wire_talk
from studio.parts.frame import heading, section
from studio.parts.lists import model_title
from studio.parts.notices import empty
from studio.parts.text import esc

OFFERED = 50  # runs in the list


@dataclass(frozen=True)
class _Parts:
    notice: gr.HTML
    nothing: gr.HTML  # what stands there while there is no run
    whole: gr.Column
    run: gr.Dropdown
    take: gr.HTML
    box: Talk
    go: gr.HTML

    @property
    def drawn(self) -> list[Any]:
        return [self.notice, self.nothing, self.whole, self.run, self.take, self.box.before]


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    parts = _parts()

    @telling(parts.notice)
    def opened(request: gr.Request) -> dict[Any, Any]:
        done = workspace.find_runs(limit=OFFERED)
        if not done:
            said = "A finished run can be downloaded and talked to here."
            return {parts.nothing: empty(said, "/train", "Train a model")}
        key = query(request, "run")
        chosen = find_run(workspace, key) if key else done[0]
        names = [r.name for r in done]
        offered = names if chosen.name in names else [chosen.name, *names]
        return {
            parts.whole: gr.Column(visible=True),
            parts.run: gr.Dropdown(choices=offered, value=chosen.name),
            parts.take: _take(chosen, workspace.loading_code(chosen.name)),
            parts.box.before: before(workspace),
        }

    @telling(parts.notice)
    def moved(name: str) -> dict[Any, Any]:
        chosen = workspace.run(name)
        taken = _take(chosen, workspace.loading_code(chosen.name))
        return {parts.take: taken, parts.go: f"?run={chosen.id}"}

    def who(name: str) -> Asked:
        return Asked([name], workspace.run(name).model)

    app.load(opened, None, parts.drawn, **QUIET)
    parts.run.input(moved, parts.run, [parts.notice, parts.take, parts.go], **QUIET)
    wire_talk(workspace, parts.box, parts.notice, parts.run, who)


def _parts() -> _Parts:
    with gr.Column(elem_id="content"):
        panel(heading("Use", "Take what was learnt with you, or talk to it here."))
        notice = notice_panel()
        nothing = panel()
        with gr.Column(visible=False) as whole:
            with gr.Row(elem_classes="narrow"):
                run = gr.Dropdown(
                    label="Run",
                    allow_custom_value=True,
                    elem_id="which",
                    info=f"The newest {OFFERED} that can answer; for others write the name.",
                )
            take = panel(id="take")
            panel("<h2>Talk to it</h2>")
            box = talk("Ask", "The same prompt gets the same answer, unless you set a temperature.")
    return _Parts(notice, nothing, whole, run, take, box, mover())


def _take(run: RunInfo, code: str) -> str:
    whole = keeps_whole_model(run.method)
    held = "the whole model" if whole else "the adapter, which is small,"
    brings = run.model == "starter" and not whole
    what = (
        f"{method_title(run.method)} trained on {run.dataset} over {model_title(run.model)}. "
        f"The zip holds {held} with a card that says how it was made"
        + (", and the practice model it belongs to." if brings else ".")
    )
    return section(
        "Take it with you",
        f'<p>{esc(what)}</p><p class="actions-line tight"><a class="button primary" '
        f'href="/download/{run.id}" download>Download the {"model" if whole else "adapter"}</a></p>'
        '<details class="more"><summary>How to load it in Python</summary>'
        f"<pre>{esc(code)}</pre></details>",
    )
