"""A good answer becomes an example of a dataset, in a new version, after a look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import Ask, NotFound, Unavailable, Workspace
from studio.pages.common import QUIET, panel, telling
from studio.parts.frame import link
from studio.parts.text import esc


@dataclass(frozen=True)
class Keep:
    """The form, and where it says what was made."""

    whole: gr.Column
    data: gr.Dropdown
    prompt: gr.Textbox
    completion: gr.Textbox
    keep: gr.Button
    close: gr.Button
    told: gr.HTML

    @property
    def drawn(self) -> list[Any]:
        return [self.whole, self.data, self.prompt, self.completion, self.told]


def keep() -> Keep:
    """Lay out the form, hidden until an answer is chosen."""
    with gr.Column(visible=False, elem_classes="narrow") as whole:
        panel("<h3>Keep it as an example</h3>")
        data = gr.Dropdown(
            label="Keep in", info="The dataset gets a new version; undo goes back to this one."
        )
        prompt = gr.Textbox(label="Prompt of the example", lines=2, max_lines=8)
        completion = gr.Textbox(
            label="Answer it should give",
            info="Change it until it is what you wish for: this is what will be learnt.",
            lines=3,
            max_lines=12,
        )
        with gr.Row(elem_classes="actions"):
            button = gr.Button("Keep the example", variant="primary")
            close = gr.Button("Leave it")
    return Keep(whole, data, prompt, completion, button, close, panel(id="kept"))


def offered(workspace: Workspace, form: Keep, ask: Ask, variant: str) -> dict[Any, Any]:
    """The form filled with a variant's answer; the dataset is that of the question."""
    names = [dataset.name for dataset in workspace.datasets()]
    if not names:
        raise Unavailable("There is no dataset to keep it in.", "Add one on the Data page first.")
    if variant not in ask.answers:
        raise NotFound("This answer is not there any more.", "Ask again.")
    chosen = names[0]
    if ask.settings.get("dataset_id") is not None:
        try:
            own = workspace.dataset_by_id(ask.settings["dataset_id"]).name
        except NotFound:  # deleted since
            own = chosen
        chosen = own if own in names else chosen
    return {
        form.whole: gr.Column(visible=True),
        form.data: gr.Dropdown(choices=names, value=chosen),
        form.prompt: ask.prompt,
        form.completion: ask.answers[variant].text.strip(),
        form.told: "",
    }


def wire_keep(workspace: Workspace, form: Keep, notice: gr.HTML) -> None:
    """Keep what stands in the form, and say which version that made."""

    @telling(notice)
    def kept(data: str, prompt: str, completion: str) -> dict[Any, Any]:
        made = workspace.keep_example(data, prompt, completion)
        where = link("/data", f"{made.name}, version {made.version}", dataset=made.id)
        said = (
            '<div class="notice good" role="status"><p><strong>Done.</strong> '
            f"{esc('The example is kept in')} {where}.</p></div>"
        )
        return {form.whole: gr.Column(visible=False), form.told: said}

    @telling(notice)
    def closed() -> dict[Any, Any]:
        return {form.whole: gr.Column(visible=False)}

    fields = [form.data, form.prompt, form.completion]
    form.keep.click(kept, fields, [notice, form.whole, form.told], **QUIET)
    form.close.click(closed, None, [notice, form.whole], **QUIET)
