"""The data page: bring a file, confirm what was guessed, look at what there is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from jobs import AttuneError, Workspace
from studio.pages.common import (
    QUIET,
    find_dataset,
    followed,
    mover,
    notice_panel,
    opening,
    page_number,
    panel,
    query,
    soft_panel,
    telling,
    whole,
)
from studio.pages.data_view import dataset_list, dataset_view, examples_view, preview_view
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


@dataclass(frozen=True)
class _Detail:
    """One dataset, looked at."""

    whole: gr.Column
    shown: gr.HTML
    rows: gr.HTML
    remove: gr.Button
    sure: gr.Row
    yes: gr.Button
    no: gr.Button


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
        detail = _detail()
    go = mover()

    def opened(request: gr.Request) -> dict[Any, Any]:
        key = query(request, "dataset")
        if not key:
            return {adding: gr.Column(visible=True), listed: dataset_list(workspace)}
        try:
            info = find_dataset(workspace, key)
            split, number = query(request, "split", "train"), page_number(request)
            html, rows = (
                dataset_view(workspace, info),
                examples_view(workspace, info, split, number),
            )
        except AttuneError as error:
            return {
                notice: error_notice(error),
                adding: gr.Column(visible=True),
                listed: dataset_list(workspace),
            }
        return {detail.whole: gr.Column(visible=True), detail.shown: html, detail.rows: rows}

    outputs = [notice, adding, listed, detail.whole, detail.shown, detail.rows]
    app.load(opened, None, outputs, **QUIET)
    _wire_form(workspace, form, notice, go)
    _wire_removal(workspace, detail, notice, go)


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


def _detail() -> _Detail:
    with gr.Column(visible=False) as column:
        shown, rows = panel(id="dataset"), soft_panel("examples")
        with gr.Row(elem_classes="actions"):
            remove = gr.Button("Delete…", scale=0)
        with gr.Row(visible=False, elem_classes="actions") as sure:
            panel("<p>This removes the dataset and its examples. Runs are never removed by it.</p>")
            yes = gr.Button("Delete for good", variant="stop", scale=0)
            no = gr.Button("Keep it", scale=0)
    return _Detail(column, shown, rows, remove, sure, yes, no)


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


def _wire_removal(workspace: Workspace, detail: _Detail, notice: gr.HTML, go: gr.HTML) -> None:
    @telling(notice)
    def removed(request: gr.Request) -> dict[Any, Any]:
        workspace.delete_dataset(find_dataset(workspace, query(request, "dataset")).name)
        return {go: "/data"}

    @telling(notice)
    def turned(event: gr.EventData) -> dict[Any, Any]:
        search, to = followed(event)
        info = find_dataset(workspace, to.get("dataset", ""))
        rows = examples_view(workspace, info, to.get("split", "train"), whole(to.get("page", "1")))
        return {detail.rows: rows, go: search}

    detail.rows.click(turned, None, [notice, detail.rows, go], **QUIET)
    detail.remove.click(lambda: gr.Row(visible=True), None, detail.sure, **QUIET)
    detail.no.click(lambda: gr.Row(visible=False), None, detail.sure, **QUIET)
    detail.yes.click(removed, None, [notice, go], **QUIET)
