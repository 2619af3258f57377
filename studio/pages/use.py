"""The use page: ask a finished run, which needs no programming, or hand it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import RunInfo, Workspace, keeps_whole_model, method_title
from studio.pages.common import (
    FIELD,
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
NO_CODE = (
    "can ask it on this page, at this computer. From another computer they can once you have set a "
    "password and opened the studio to your network: Attune’s README says how, under “From another "
    "computer”. Whoever signs in can do all that you can."
)
ADAPTER = (
    "cannot bring the download in: it asks only base models and what it trained itself. Give them "
    "your examples, and they train it again there."
)
WHOLE_MODEL = (
    "can unpack the download and name the folder “model” in it as a base model, to train it on."
)


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
            said = "A finished run can be asked here, and handed on."
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
    parts.run.input(moved, parts.run, [parts.notice, parts.take, parts.go], **FIELD)
    wire_talk(workspace, parts.box, parts.notice, parts.run, who)


def _parts() -> _Parts:
    with gr.Column(elem_id="content"):
        panel(heading("Use", "Ask the model that you tuned, or hand it on."))
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
            panel("<h2>Ask it here</h2>")
            box = talk("Ask", "The same prompt gets the same answer, unless you set a temperature.")
            take = panel(id="take")
    return _Parts(notice, nothing, whole, run, take, box, mover())


def _take(run: RunInfo, code: str) -> str:
    """Who can use the run and how: first those who do not program, then the file for who does."""
    whole = keeps_whole_model(run.method)
    made = f"{method_title(run.method)} trained on {run.dataset} over {model_title(run.model)}."
    ways = "".join(
        f"<p><strong>{who}</strong> {esc(how)}</p>"
        for who, how in (
            ("A colleague who does not program", NO_CODE),
            ("A colleague with an Attune of their own", WHOLE_MODEL if whole else ADAPTER),
            ("A programmer", f"can build it into other software. {_download(run, whole)}"),
        )
    )
    return section(
        "Hand it on",
        f'<p class="quiet">{esc(made)}</p>{ways}<p class="actions-line tight"><a class="button" '
        f'href="/download/{run.id}" download>Download the {"model" if whole else "adapter"}</a></p>'
        '<details class="more"><summary>For a programmer: how to load it in Python</summary>'
        f"<pre>{esc(code)}</pre></details>",
    )


def _download(run: RunInfo, whole: bool) -> str:
    """What lies in the file, each thing with a word on what it is."""
    if whole:
        held = "the whole tuned model"
    else:
        base = model_title(run.model)
        along = ", which comes along" if run.model == "starter" else ", which they need as well"
        held = f"the adapter: what was learnt, in a small file that works only with {base}{along}"
    return (
        f"The download is a zip, one file with a folder in it. It holds {held}; and a card, a page "
        "of text (README.md) that says how it was made."
    )
