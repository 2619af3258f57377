"""The data page: bring a file, confirm what was guessed, look at what there is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from jobs import AttuneError, Workspace
from studio.pages.common import (
    QUIET,
    mover,
    notice_panel,
    opening,
    panel,
    query,
    telling,
)
from studio.pages.data_detail import detail_part, open_detail, wire_detail
from studio.pages.data_view import dataset_list, preview_view
from studio.parts.frame import heading
from studio.parts.notices import error_notice
from studio.uploads import Uploads

KINDS = [".csv", ".tsv", ".jsonl", ".json", ".parquet"]


@dataclass(frozen=True)
class _Form:
    """What a person fills in to add a dataset."""

    file: gr.File
    filled: gr.Column
    shown: gr.HTML
    prompt: gr.Dropdown
    completions: gr.Dropdown
    name: gr.Textbox
    share: gr.Slider
    test_file: gr.File
    template: gr.Textbox
    add: gr.Button


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    with gr.Column(elem_id="content"):
        notice = notice_panel()
        with gr.Column(visible=False) as adding:
            panel(
                heading(
                    "Data",
                    "Examples of what you ask and what you wish the model had answered, one pair "
                    "a row. A few hundred are enough to begin.",
                )
            )
            form = _form()
            listed = panel(id="datasets")
        detail = detail_part(workspace)
    go = mover()

    def opened(request: gr.Request) -> dict[Any, Any]:
        key = query(request, "dataset")
        if not key:
            return {adding: gr.Column(visible=True), listed: dataset_list(workspace)}
        try:
            return open_detail(workspace, detail, request)
        except AttuneError as error:
            return {
                notice: error_notice(error),
                adding: gr.Column(visible=True),
                listed: dataset_list(workspace),
            }

    outputs = [notice, adding, listed, *detail.outputs]
    app.load(opened, None, outputs, **QUIET)
    _wire_form(workspace, form, notice, go)
    wire_detail(workspace, detail, notice, go)


def _form() -> _Form:
    file = gr.File(
        label="A file of examples: CSV, TSV, JSON or Parquet",
        file_types=KINDS,
        type="filepath",
        elem_id="file",
        height=176,
    )
    with gr.Column(visible=False, elem_id="confirm") as filled:
        panel("<h2>Which column is what?</h2>")
        with gr.Row():
            prompt = gr.Dropdown(label="Prompt", info="What the model is given.")
            completions = gr.Dropdown(
                label="Completions",
                multiselect=True,
                info="What it should answer. Several are several right answers.",
            )
        shown = panel(id="preview")
        panel("<h2>Name and test</h2>")
        with gr.Row():
            name = gr.Textbox(label="Name", info="You will find it under this name.", max_lines=1)
            share = gr.Slider(
                5,
                50,
                value=10,
                step=1,
                label="Kept back for the test, in percent",
                info="Never trained on, so that the test is honest.",
            )
        with gr.Accordion("Advanced", open=False, elem_classes="fold"):
            test_file = gr.File(
                label="A test file of your own, in place of the share above",
                file_types=KINDS,
                type="filepath",
                height=144,
            )
            template = gr.Textbox(
                "{prompt}",
                label="Prompt template",
                lines=2,
                info="What stands around each prompt; {prompt} is where it goes.",
            )
        add = gr.Button("Add these examples", variant="primary", elem_classes="own-width")
    return _Form(file, filled, shown, prompt, completions, name, share, test_file, template, add)


def _wire_form(workspace: Workspace, form: _Form, notice: gr.HTML, go: gr.HTML) -> None:
    guessed = [form.prompt, form.completions]

    @telling(notice)
    def uploaded(path: str | None) -> dict[Any, Any]:
        if not path:
            return {form.filled: gr.Column(visible=False)}
        seen = workspace.preview(path)
        columns = list(seen.columns)
        return {
            form.filled: gr.Column(visible=True),
            form.prompt: gr.Dropdown(
                choices=list(seen.prompt_choices), value=seen.guess and seen.guess.prompt
            ),
            form.completions: gr.Dropdown(
                choices=columns, value=list(seen.guess.completions) if seen.guess else []
            ),
            form.name: Path(path).stem[:80],
            form.shown: preview_view(seen, guessed=True),
        }

    @telling(notice)
    def mapped(path: str | None, prompt: str | None, completions: list[str]) -> dict[Any, Any]:
        if not path or not prompt or not completions:
            return {form.shown: '<p class="quiet">Choose a prompt and a completion column.</p>'}
        seen = workspace.preview(path, prompt=prompt, completions=tuple(completions))
        return {form.shown: preview_view(seen, guessed=False)}

    @telling(notice)
    def added(
        path: str,
        prompt: str | None,
        completions: list[str],
        name: str,
        share: float,
        test_file: str | None,
        template: str,
    ) -> dict[Any, Any]:
        info = workspace.add_dataset(
            path,
            (name or "").strip(),
            prompt=prompt,
            completions=tuple(completions),
            test_file=test_file,
            test_share=share / 100,
            template=template,
        )
        Uploads(workspace.home.uploads).discard(path, test_file)
        return {go: f"/data?dataset={info.id}"}

    changed = [notice, form.filled, *guessed, form.name, form.shown]
    form.file.change(uploaded, form.file, changed, **QUIET)
    for widget in guessed:
        widget.input(mapped, [form.file, *guessed], [notice, form.shown], **QUIET)
    fields = [form.file, *guessed, form.name, form.share, form.test_file, form.template]
    form.add.click(added, fields, [notice, go], **{**QUIET, "show_progress": "minimal"})
