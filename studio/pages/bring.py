"""The form that brings examples in: a file, a paste or a table; confirm, look, add."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from jobs import InputError, Preview, ReadAs, Workspace, encodings
from studio.pages.common import QUIET, panel, telling
from studio.pages.data_view import preview_view
from studio.parts.bringing import import_progress, share_outlook
from studio.parts.notices import error_notice, notice
from studio.uploads import Uploads

KINDS = [
    *(".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".arrow", ".feather"),
    *(".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".txt", ".zip"),
]
SEPARATORS = [
    ("commas", ","),
    ("semicolons", ";"),
    ("tabs", "\t"),
    ("vertical bars", "|"),
    ("|||", "|||"),
]
EMPTY_TABLE = [["", ""], ["", ""], ["", ""]]
POLL = 0.5  # seconds
AT_ONCE = 0.7  # seconds within which most files are added: no progress needs to be shown


@dataclass(frozen=True)
class Sources:
    """Where examples may come from."""

    file: gr.File
    paste: gr.Textbox
    use_paste: gr.Button
    table: gr.Dataframe
    use_table: gr.Button
    problem: gr.HTML


@dataclass(frozen=True)
class Options:
    """How the file is read."""

    encoding: gr.Dropdown
    separator: gr.Dropdown
    header: gr.Dropdown
    sheet: gr.Dropdown

    @property
    def all(self) -> list[gr.Dropdown]:
        return [self.encoding, self.separator, self.header, self.sheet]


@dataclass(frozen=True)
class Confirm:
    """What a person confirms before the examples are added."""

    filled: gr.Column
    shown: gr.HTML
    prompt: gr.Dropdown
    completions: gr.Dropdown
    options: Options
    name: gr.Textbox
    share: gr.Slider
    outlook: gr.HTML
    test_file: gr.File
    template: gr.Textbox
    add: gr.Button
    cancel: gr.Button
    going: gr.HTML
    problem: gr.HTML


@dataclass(frozen=True)
class Kept:
    """What the page remembers between two presses, for this visitor alone."""

    path: gr.State  # of the file that is looked at
    seen: gr.State  # its `Preview`
    importing: gr.State  # the import that is under way
    timer: gr.Timer


def form() -> tuple[Sources, Confirm, Kept]:
    """Lay it out."""
    sources = _sources()
    confirm = _confirm()
    kept = Kept(gr.State(None), gr.State(None), gr.State(None), gr.Timer(POLL, active=False))
    return sources, confirm, kept


def _sources() -> Sources:
    file = gr.File(
        label="A file of examples: CSV, TSV, JSON, JSON lines, Parquet, Arrow, Excel, "
        "OpenDocument, plain text, or a ZIP with one of them",
        file_types=KINDS,
        type="filepath",
        elem_id="file",
        height=176,
    )
    with gr.Accordion("Paste text, or write a table", open=False, elem_classes="fold"):
        paste = gr.Textbox(
            label="Text to look at",
            lines=6,
            max_lines=20,
            placeholder="Cells copied from a spreadsheet, CSV, JSON lines, or an example a line "
            "with ||| between prompt and completion",
            info="Stays on this machine, like a file.",
        )
        use_paste = gr.Button("Look at this text", elem_classes="own-width")
        table = gr.Dataframe(
            EMPTY_TABLE,
            headers=["prompt", "completion"],
            datatype="str",
            type="array",
            interactive=True,
            wrap=True,
            row_count=(3, "dynamic"),
            column_count=(2, "fixed"),
            label="Or write your examples here, and press Tab for the next cell",
        )
        use_table = gr.Button("Look at this table", elem_classes="own-width")
    return Sources(file, paste, use_paste, table, use_table, panel(id="file-problem"))


def _confirm() -> Confirm:
    with gr.Column(visible=False, elem_id="confirm") as filled:
        panel("<h2>Which column is what?</h2>")
        with gr.Row():
            prompt = gr.Dropdown(label="Prompt", info="What the model is given.")
            completions = gr.Dropdown(
                label="Completions",
                multiselect=True,
                info="What it should answer. Several are several right answers.",
            )
        with gr.Accordion("How the file is read", open=False, elem_classes="fold"):
            options = _options()
        shown = panel(id="preview")
        panel("<h2>Name and test</h2>")
        with gr.Row():
            name = gr.Textbox(label="Name", info="You will find it under this name.", max_lines=1)
            share = gr.Slider(
                5,
                50,
                value=10,
                step=5,
                label="Kept back for the test, in percent",
                info="Never trained on, so that the test is honest.",
            )
        outlook = panel(id="share-outlook")
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
        problem, going = panel(id="add-problem"), panel(id="importing")
        add = gr.Button("Add these examples", variant="primary", elem_classes="own-width")
        cancel = gr.Button("Cancel", visible=False, elem_classes="own-width")
    return Confirm(
        *(filled, shown, prompt, completions, options, name, share, outlook, test_file, template),
        *(add, cancel, going, problem),
    )


def _options() -> Options:
    with gr.Row():
        encoding = gr.Dropdown(
            [(title, codec) for codec, title in encodings()],
            label="Encoding",
            info="How letters were written as bytes. Change it where letters look wrong.",
        )
        separator = gr.Dropdown(
            SEPARATORS,
            label="Cells are separated by",
            allow_custom_value=True,
            info="For CSV, TSV and plain text.",
        )
    with gr.Row():
        header = gr.Dropdown(
            [("holds the names of the columns", "yes"), ("is an example", "no")],
            label="The first line",
        )
        sheet = gr.Dropdown(label="Sheet or file", info="Of a workbook or an archive.")
    return Options(encoding, separator, header, sheet)


def wire(workspace: Workspace, sources: Sources, confirm: Confirm, kept: Kept, go: gr.HTML) -> None:
    """Connect the form with the workspace's verbs."""
    _wire_sources(workspace, sources, confirm, kept)
    _wire_changes(workspace, sources, confirm, kept)
    _wire_adding(workspace, confirm, kept, go)


def _wire_sources(workspace: Workspace, sources: Sources, confirm: Confirm, kept: Kept) -> None:
    uploads = workspace.home.uploads

    @telling(sources.problem)
    def uploaded(path: str | None) -> dict[Any, Any]:
        if not path:
            return {confirm.filled: gr.Column(visible=False)}
        return _looked(workspace, confirm, kept, path, Path(path).stem)

    @telling(sources.problem)
    def pasted(text: str | None) -> dict[Any, Any]:
        path = workspace.paste(text or "", uploads)
        return _looked(workspace, confirm, kept, str(path), "pasted")

    @telling(sources.problem)
    def written(rows: list[list[Any]] | None) -> dict[Any, Any]:
        path = workspace.paste(_as_text(rows or []), uploads)
        return _looked(workspace, confirm, kept, str(path), "written")

    def told(handler: Any) -> Any:
        """An error hides what was confirmed of another file."""

        def wrapped(value: Any) -> dict[Any, Any]:
            answer = handler(value)
            return {confirm.filled: gr.Column(visible=False), **answer}

        return wrapped

    outputs = [sources.problem, *_looked_at(confirm, kept)]
    sources.file.change(told(uploaded), sources.file, outputs, **QUIET)
    sources.use_paste.click(told(pasted), sources.paste, outputs, **QUIET)
    sources.use_table.click(told(written), sources.table, outputs, **QUIET)


def _wire_changes(workspace: Workspace, sources: Sources, confirm: Confirm, kept: Kept) -> None:
    columns = [confirm.prompt, confirm.completions]
    options = confirm.options.all

    @telling(sources.problem)
    def reread(path: str | None, *fields: Any) -> dict[Any, Any]:
        if not path:
            return {}
        return _looked(workspace, confirm, kept, path, None, _read_as(fields))

    @telling(sources.problem)
    def mapped(
        path: str | None, prompt: str | None, completions: list[str] | None, *fields: Any
    ) -> dict[Any, Any]:
        if not path or not prompt or not completions:
            return {confirm.shown: '<p class="quiet">Choose a prompt and a completion column.</p>'}
        seen = workspace.preview(
            path, prompt=prompt, completions=tuple(completions), reading=_read_as(fields)
        )
        return {confirm.shown: preview_view(seen, guessed=False), kept.seen: seen}

    def shared(seen: Preview | None, percent: float, test_file: str | None) -> str:
        return share_outlook(seen, percent, own_file=bool(test_file))

    for widget in options:
        widget.input(
            reread, [kept.path, *options], [sources.problem, *_looked_at(confirm, kept)], **QUIET
        )
    for widget in columns:
        outputs = [sources.problem, confirm.shown, kept.seen]
        widget.input(mapped, [kept.path, *columns, *options], outputs, **QUIET)
    watched = [kept.seen, confirm.share, confirm.test_file]
    for event in (confirm.share.change, confirm.test_file.change, kept.seen.change):
        event(shared, watched, confirm.outlook, **QUIET)


def _wire_adding(workspace: Workspace, confirm: Confirm, kept: Kept, go: gr.HTML) -> None:
    @telling(confirm.problem)
    def added(
        path: str | None,
        prompt: str | None,
        completions: list[str] | None,
        name: str | None,
        percent: float,
        test_file: str | None,
        template: str | None,
        *fields: Any,
    ) -> dict[Any, Any]:
        if not path:
            raise InputError("No file is chosen.", "Choose one above.")
        if not (name or "").strip():
            raise InputError("The dataset has no name.", "Write one into the field “Name”.")
        begun = workspace.start_import(
            path,
            (name or "").strip(),
            prompt=prompt,
            completions=tuple(completions or ()),
            test_file=test_file,
            test_share=percent / 100,
            template=template or "{prompt}",
            reading=_read_as(fields),
        )
        begun = workspace.wait_for_import(begun.id, AT_ONCE)
        return _moved(workspace, confirm, kept, go, begun.id, (path, test_file))

    @telling(confirm.problem)
    def ticked(import_id: int | None, path: str | None, test_file: str | None) -> dict[Any, Any]:
        if import_id is None:
            return {kept.timer: gr.Timer(active=False)}
        return _moved(workspace, confirm, kept, go, import_id, (path, test_file))

    @telling(confirm.problem)
    def cancelled(import_id: int | None) -> dict[Any, Any]:
        if import_id is not None:
            workspace.cancel_import(import_id)
        return {confirm.cancel: gr.Button("Cancelling …", interactive=False)}

    fields = [kept.path, confirm.prompt, confirm.completions, confirm.name, confirm.share]
    fields += [confirm.test_file, confirm.template, *confirm.options.all]
    outputs = [confirm.problem, confirm.going, confirm.add, confirm.cancel]
    outputs += [kept.importing, kept.timer, go]
    confirm.add.click(added, fields, outputs, **{**QUIET, "show_progress": "minimal"})
    watched = [kept.importing, kept.path, confirm.test_file]
    kept.timer.tick(ticked, watched, outputs, **QUIET)
    confirm.cancel.click(cancelled, kept.importing, [confirm.problem, confirm.cancel], **QUIET)


def _moved(
    workspace: Workspace,
    confirm: Confirm,
    kept: Kept,
    go: gr.HTML,
    import_id: int,
    files: tuple[str | None, ...],
) -> dict[Any, Any]:
    """The page as an import stands: its bar, its dataset, or what went wrong, beside the button."""
    at = workspace.import_of(import_id)
    running = at.state == "running"
    page: dict[Any, Any] = {
        confirm.going: import_progress(at) if running else "",
        confirm.add: gr.Button(interactive=not running),
        confirm.cancel: gr.Button("Cancel", visible=running, interactive=True),
        kept.importing: import_id if running else None,
        kept.timer: gr.Timer(active=running),
    }
    if at.state == "done" and at.dataset is not None:
        Uploads(workspace.home.uploads).discard(*files)
        page[go] = f"/data?dataset={at.dataset.id}"
    elif at.state == "stopped":
        page[confirm.problem] = notice("The import was cancelled. Nothing of it was kept.")
    elif at.error is not None:
        page[confirm.problem] = error_notice(at.error)
    return page


def _looked_at(confirm: Confirm, kept: Kept) -> list[Any]:
    """All that changes when a file is looked at."""
    fields = [confirm.filled, confirm.prompt, confirm.completions, confirm.name, confirm.shown]
    return [*fields, confirm.share, *confirm.options.all, kept.path, kept.seen]


def _looked(
    workspace: Workspace,
    confirm: Confirm,
    kept: Kept,
    path: str,
    name: str | None,
    reading: ReadAs | None = None,
) -> dict[Any, Any]:
    """Look at a file, and offer what was found out for confirming."""
    seen = workspace.preview(path, reading=reading)
    guess, found, options = seen.guess, seen.reading, confirm.options
    choices = list(seen.prompt_choices)
    separators = [value for _, value in SEPARATORS]
    other = [] if found.separator in (None, *separators) else [(found.separator, found.separator)]
    page: dict[Any, Any] = {
        confirm.filled: gr.Column(visible=True),
        confirm.prompt: gr.Dropdown(choices=choices, value=guess and guess.prompt),
        confirm.completions: gr.Dropdown(
            choices=list(seen.columns), value=list(guess.completions) if guess else []
        ),
        confirm.shown: preview_view(seen, guessed=True),
        options.encoding: gr.Dropdown(value=found.encoding, visible=found.encoding is not None),
        options.separator: gr.Dropdown(
            choices=[*SEPARATORS, *other],
            value=found.separator,
            visible=found.separator is not None,
        ),
        options.header: gr.Dropdown(
            value="no" if found.header is False else "yes", visible=found.header is not None
        ),
        options.sheet: gr.Dropdown(
            choices=list(seen.sheets), value=found.sheet, visible=len(seen.sheets) > 1
        ),
        kept.path: path,
        kept.seen: seen,
    }
    if name is not None:
        page |= {confirm.name: name[:80], confirm.share: round(100 * seen.share)}
    return page


def _read_as(fields: tuple[Any, ...]) -> ReadAs:
    """The four fields of the fold; what was never shown says nothing."""
    encoding, separator, header, sheet = fields
    names = {"yes": True, "no": False}
    return ReadAs(encoding or None, separator or None, sheet or None, names.get(header or ""))


def _as_text(rows: list[list[Any]]) -> str:
    """A table that was written in the page, as JSON lines; rows without any text are left out."""
    filled = [[str(cell or "") for cell in row] for row in rows]
    kept = [dict(zip(("prompt", "completion"), row, strict=False)) for row in filled if any(row)]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in kept) + "\n" if kept else ""
