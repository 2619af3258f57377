"""One dataset on the data page: what stands out and is mended, its versions, its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import DatasetInfo, Example, InputError, OnProgress, Reading, Workspace
from studio.pages.changing import Changing
from studio.pages.common import (
    QUIET,
    acting_panel,
    find_dataset,
    followed,
    page_number,
    panel,
    query,
    row_id,
    telling,
    whole,
)
from studio.pages.data_view import dataset_view
from studio.pages.examples_view import BETWEEN, examples_at, examples_view, row_at
from studio.pages.template_picker import TemplatePicker, template_picker
from studio.parts.frame import section
from studio.parts.text import count, esc
from studio.removal import dataset_goes

_SCROLL = """() => {
  const editor = document.getElementById('editor');
  if (editor?.offsetHeight) editor.scrollIntoView({ block: 'center' });
}"""


@dataclass(frozen=True)
class Detail:
    """One dataset, looked at."""

    whole: gr.Column
    shown: gr.HTML
    picker: TemplatePicker
    set_template: gr.Button
    fold: gr.Accordion
    rows: gr.HTML
    add: gr.Button
    editor: gr.Column
    editor_head: gr.HTML
    prompt: gr.Textbox
    completions: gr.Textbox
    save: gr.Button
    cancel: gr.Button
    editing: gr.State  # {"split", "position"} of the row, or {} for a new one
    remove: gr.Button
    sure: gr.Row
    goes: gr.HTML
    yes: gr.Button
    no: gr.Button

    @property
    def outputs(self) -> list[Any]:
        """What opening the page fills."""
        return [self.whole, self.shown, self.rows, *self.picker.fields, self.fold, self.add]


def detail_part(workspace: Workspace) -> Detail:
    """Lay it out, hidden until a dataset is looked at."""
    with gr.Column(visible=False) as column:
        shown = acting_panel("dataset")
        with gr.Accordion("Change the template", open=False, elem_classes="fold") as fold:
            picker = template_picker(workspace)
            set_template = gr.Button("Use this template", elem_classes="own-width")
        with gr.Column(visible=False, elem_id="editor") as editor:
            head = panel()
            with gr.Row():
                prompt = gr.Textbox(label="Prompt", lines=5, max_lines=20)
                completions = gr.Textbox(
                    label="Completion",
                    lines=5,
                    max_lines=20,
                    info="Several right answers: put a line of three dashes between them.",
                )
            with gr.Row(elem_classes="actions"):
                save = gr.Button("Save", variant="primary", scale=0)
                cancel = gr.Button("Cancel", scale=0)
        rows = acting_panel("examples")
        with gr.Row(elem_classes="actions"):
            add = gr.Button("Add a row", scale=0)
            remove = gr.Button("Delete…", scale=0)
        with gr.Row(visible=False, elem_classes="actions") as sure:
            goes = panel(id="goes")
            yes = gr.Button("Delete for good", variant="stop", scale=0)
            no = gr.Button("Keep it", scale=0)
    return Detail(
        whole=column,
        shown=shown,
        picker=picker,
        set_template=set_template,
        fold=fold,
        rows=rows,
        add=add,
        editor=editor,
        editor_head=head,
        prompt=prompt,
        completions=completions,
        save=save,
        cancel=cancel,
        editing=gr.State({}),
        remove=remove,
        sure=sure,
        goes=goes,
        yes=yes,
        no=no,
    )


def open_detail(workspace: Workspace, detail: Detail, request: gr.Request) -> dict[Any, Any]:
    """What the page shows of the dataset in its address."""
    info = find_dataset(workspace, query(request, "dataset"))
    split, number = query(request, "split", "train"), page_number(request)
    versus, row = query(request, "versus"), row_id(query(request, "row"))
    return {
        detail.whole: gr.Column(visible=True),
        detail.shown: dataset_view(workspace, info, whole(versus) if versus else None),
        detail.rows: examples_view(workspace, info, split, number)
        if row is None
        else examples_at(workspace, info, row),
        detail.fold: gr.Accordion(visible=info.current),
        detail.add: gr.Button(visible=info.current),
        **detail.picker.filled(info.template),
    }


def wire_detail(workspace: Workspace, detail: Detail, changing: Changing) -> None:
    """Mends, undo, rows and templates: each goes on to the version that it has made."""
    _wire_acts(workspace, detail, changing)
    _wire_editor(workspace, detail, changing)
    _wire_removal(workspace, detail, changing.notice, changing.go)


def _here(workspace: Workspace, request: gr.Request) -> DatasetInfo:
    return find_dataset(workspace, query(request, "dataset"))


def _spec(info: DatasetInfo) -> str:
    """This very version: what somebody else has changed meanwhile is refused, not overwritten."""
    return f"{info.name}@{info.version}"


def _to(info: DatasetInfo) -> str:
    return f"/data?dataset={info.id}"


Act = Callable[[DatasetInfo, dict[str, str], OnProgress], DatasetInfo]


def _acts(workspace: Workspace) -> dict[str, Act]:
    """What the buttons inside the panels ask for, by name."""
    return {
        "mend": lambda info, told, progress: workspace.mend(
            _spec(info), told.get("code", ""), progress=progress
        ),
        "undo": lambda info, told, progress: workspace.undo(_spec(info)),
        "use": lambda info, told, progress: workspace.use_version(info.name, info.version),
        "drop": lambda info, told, progress: workspace.drop_row(
            _spec(info),
            told.get("split", ""),
            whole(told.get("row", ""), 0) - 1,
            progress=progress,
        ),
    }


def _wire_acts(workspace: Workspace, detail: Detail, changing: Changing) -> None:
    notice, go, acts = changing.notice, changing.go, _acts(workspace)

    def act(request: gr.Request, told: dict[str, str]) -> dict[Any, Any]:
        chosen = acts.get(told.get("act", ""))
        if chosen is None:
            raise InputError("The page asked for something that there is not.", "Load it again.")
        info = _here(workspace, request)
        return changing.begin(info, lambda progress: chosen(info, told, progress))

    @telling(notice)
    def acted(request: gr.Request, event: gr.EventData) -> dict[Any, Any]:
        return act(request, followed(event)[1])

    @telling(notice)
    def turned(request: gr.Request, event: gr.EventData) -> dict[Any, Any]:
        """A page of rows, the editor of one row, or a row dropped."""
        search, told = followed(event)
        if told.get("act") == "edit":
            info = _here(workspace, request)
            split, position = told.get("split", "train"), whole(told.get("row", "")) - 1
            row = row_at(workspace, info, split, position)
            return _editor(detail, row, {"split": split, "position": position})
        if "act" in told:
            return act(request, told)
        info = find_dataset(workspace, told.get("dataset", ""))
        rows = examples_view(
            workspace, info, told.get("split", "train"), whole(told.get("page", "1"))
        )
        return {detail.rows: rows, go: search}

    waiting = {**QUIET, "show_progress": "minimal"}
    detail.shown.click(acted, None, changing.outputs, **waiting)
    fields = [detail.editor, detail.editor_head, detail.prompt, detail.completions, detail.editing]
    detail.rows.click(turned, None, [detail.rows, *fields, *changing.outputs], **QUIET).then(
        None, None, None, js=_SCROLL, **QUIET
    )

    @telling(notice)
    def templated(request: gr.Request, template: str) -> dict[Any, Any]:
        return {go: _to(workspace.set_template(_spec(_here(workspace, request)), template))}

    detail.set_template.click(templated, detail.picker.text, [notice, go], **waiting)

    def read(request: gr.Request, model: str, template: str, _: Any) -> Reading:
        return workspace.reading(_spec(_here(workspace, request)), model, template)

    detail.picker.wire(read, given=detail.editing, fold=detail.fold)


def _editor(detail: Detail, row: Example | None, editing: dict[str, Any]) -> dict[Any, Any]:
    title = f"Edit row {count(row.row)}" if row else "A new row"
    words = (
        "Saving makes a new version of the data; the row stays in its part."
        if row
        else "It will be learnt from, unless its prompt stands in the test: then it is another "
        "right answer there."
    )
    return {
        detail.editor: gr.Column(visible=True),
        detail.editor_head: section(title, f'<p class="quiet">{words}</p>'),
        detail.prompt: row.prompt if row else "",
        detail.completions: BETWEEN.join(row.references) if row else "",
        detail.editing: editing,
    }


def _wire_editor(workspace: Workspace, detail: Detail, changing: Changing) -> None:
    fields = [detail.editor, detail.editor_head, detail.prompt, detail.completions, detail.editing]

    @telling(changing.notice)
    def saved(
        request: gr.Request, prompt: str, completions: str, editing: dict[str, Any]
    ) -> dict[Any, Any]:
        info = _here(workspace, request)
        references = [part.strip("\n") for part in completions.split(BETWEEN)]

        def work(progress: OnProgress) -> DatasetInfo:
            if not editing:
                row = Example(prompt, tuple(references))
                return workspace.add_rows(_spec(info), [row], progress=progress)
            place = str(editing["split"]), int(editing["position"])
            return workspace.edit_row(_spec(info), *place, prompt, references, progress=progress)

        return changing.begin(info, work)

    detail.add.click(lambda: _editor(detail, None, {}), None, fields, **QUIET).then(
        None, None, None, js=_SCROLL, **QUIET
    )
    given = [detail.prompt, detail.completions, detail.editing]
    detail.save.click(saved, given, changing.outputs, **{**QUIET, "show_progress": "minimal"})
    detail.cancel.click(lambda: gr.Column(visible=False), None, detail.editor, **QUIET)


def _wire_removal(workspace: Workspace, detail: Detail, notice: gr.HTML, go: gr.HTML) -> None:
    @telling(notice)
    def removed(request: gr.Request) -> dict[Any, Any]:
        workspace.delete_dataset(_here(workspace, request).name)
        return {go: "/data"}

    @telling(notice)
    def unsure(request: gr.Request) -> dict[Any, Any]:
        name = _here(workspace, request).name
        said = dataset_goes(name, workspace.dataset_removal(name))
        return {detail.goes: f"<p>{esc(said)}</p>", detail.sure: gr.Row(visible=True)}

    detail.remove.click(unsure, None, [notice, detail.goes, detail.sure], **QUIET)
    detail.no.click(lambda: gr.Row(visible=False), None, detail.sure, **QUIET)
    detail.yes.click(removed, None, [notice, go], **QUIET)
