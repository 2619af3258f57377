"""The form that brings examples in, laid out: where from, which columns, under what name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import gradio as gr

from jobs import ReadAs, Workspace, encodings
from studio.pages.common import panel
from studio.pages.hub_source import HubSource, hub_source
from studio.pages.template_picker import TemplatePicker, template_picker

SEPARATORS = [
    ("commas", ","),
    ("semicolons", ";"),
    ("tabs", "\t"),
    ("vertical bars", "|"),
    ("|||", "|||"),
]
EMPTY_TABLE = [["", ""], ["", ""], ["", ""]]
MORE_ROWS = 5  # that a press adds to the table
POLL = 0.5  # seconds
# A question that comes goes into sight, wherever the page was scrolled to. The form is hidden
# before the first file: then the question is there when this runs. Whoever presses something
# meanwhile is already at it: nothing may move away under the pointer.
_ASKED = """
const show = () => {
  const heading = element.closest('#confirm')?.querySelector('h2');
  if (!props.value) return;
  const soon = setTimeout(() => heading?.scrollIntoView({ block: 'start' }), 200);
  addEventListener('pointerdown', () => clearTimeout(soon), { once: true, capture: true });
};
show();
watch('value', show);
"""


@dataclass(frozen=True)
class Sources:
    """Where examples may come from."""

    file: gr.File
    paste: gr.Textbox
    use_paste: gr.Button
    table: gr.Dataframe
    more_rows: gr.Button
    use_table: gr.Button
    hub: HubSource
    problem: gr.HTML
    leave_out: gr.Button  # the lines that cannot be read


@dataclass(frozen=True)
class Options:
    """How the file is read."""

    encoding: gr.Dropdown
    separator: gr.Dropdown
    header: gr.Dropdown
    sheet: gr.Dropdown
    leave_out: gr.Checkbox

    @property
    def all(self) -> list[gr.Dropdown | gr.Checkbox]:
        return [self.encoding, self.separator, self.header, self.sheet, self.leave_out]


@dataclass(frozen=True)
class Confirm:
    """What a person confirms before the examples are added."""

    filled: gr.Column
    asked: gr.HTML  # what a person has to choose before anything else
    shown: gr.HTML
    prompt: gr.Dropdown
    completions: gr.Dropdown
    broken_rows: gr.Button  # leaves out what the chosen columns show to be no chat
    fold: gr.Accordion  # that the options lie in
    options: Options
    name: gr.Textbox
    share: gr.Slider
    outlook: gr.HTML
    test_file: gr.File
    picker: TemplatePicker
    words: gr.Accordion  # the fold that the picker lies in
    add: gr.Button
    cancel: gr.Button
    going: gr.HTML
    problem: gr.HTML
    leave_out: gr.Button  # the lines that only the import found


class Broken(NamedTuple):
    """A file that was refused for some lines."""

    path: str
    name: str | None  # that it would get
    reading: ReadAs
    source: str | None = None  # where on the Hub it came from


@dataclass(frozen=True)
class Kept:
    """What the page remembers between two presses, for this visitor alone."""

    path: gr.State  # of the file that is looked at
    source: gr.State  # where it came from, where that is not its name
    seen: gr.State  # its `Preview`
    broken: gr.State  # a `Broken` file for which the way out is offered
    importing: gr.State  # the import that is under way
    timer: gr.Timer


def form(workspace: Workspace) -> tuple[Sources, Confirm, Kept]:
    """Lay it out."""
    sources = _sources()
    confirm = _confirm(workspace)
    kept = Kept(
        path=gr.State(None),
        source=gr.State(None),
        seen=gr.State(None),
        broken=gr.State(None),
        importing=gr.State(None),
        timer=gr.Timer(POLL, active=False),
    )
    return sources, confirm, kept


def _sources() -> Sources:
    # No `file_types`: Gradio would turn a wrong file away in a note that fades; the reader says
    # what to bring instead.
    file = gr.File(
        label="A file of examples",
        type="filepath",
        elem_id="file",
        height=176,
    )
    # Not in the label: on a phone it would run under the button that takes the file away.
    panel(
        '<p class="quiet">CSV, TSV, JSON, JSON lines, Parquet, Arrow, Excel, OpenDocument, plain '
        "text, or a ZIP with one of them.</p>",
        kind="below",
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
        with gr.Row(elem_classes="actions"):
            use_table = gr.Button("Look at this table", scale=0)
            more_rows = gr.Button("More rows", scale=0)
    hub = hub_source()
    problem = panel(id="file-problem")
    return Sources(file, paste, use_paste, table, more_rows, use_table, hub, problem, _leave_out())


def _leave_out() -> gr.Button:
    """The way out of a file with a few broken lines."""
    return gr.Button(
        "Leave out the lines that cannot be read", visible=False, elem_classes="own-width"
    )


def _confirm(workspace: Workspace) -> Confirm:
    with gr.Column(visible=False, elem_id="confirm") as filled:
        panel("<h2>Which column is what?</h2>")
        asked = gr.HTML("", elem_id="asked", apply_default_css=False, js_on_load=_ASKED)
        with gr.Row():
            prompt = gr.Dropdown(label="Prompt", info="What the model is given.")
            completions = gr.Dropdown(
                label="Completions",
                multiselect=True,
                info="What it should answer. Choose several where a row has several right answers.",
            )
        broken_rows = _leave_out()
        with gr.Accordion("How the file is read", open=False, elem_classes="fold") as fold:
            options = _options()
        shown = panel(id="preview")
        with gr.Accordion("Words around every prompt", open=False, elem_classes="fold") as words:
            picker = template_picker(workspace)
        naming = _name_and_test()
        problem, leave_out = panel(id="add-problem"), _leave_out()
        going = panel(id="importing")
        add = gr.Button("Add these examples", variant="primary", elem_classes="own-width")
        cancel = gr.Button("Cancel", visible=False, elem_classes="own-width")
    return Confirm(
        filled=filled,
        asked=asked,
        shown=shown,
        prompt=prompt,
        completions=completions,
        broken_rows=broken_rows,
        fold=fold,
        options=options,
        picker=picker,
        words=words,
        add=add,
        cancel=cancel,
        going=going,
        problem=problem,
        leave_out=leave_out,
        **naming,
    )


def _name_and_test() -> dict[str, Any]:
    """Fields of `Confirm`: the name, and what the test is made of (a share, or a file)."""
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
            type="filepath",
            elem_id="test-file",
            height=144,
        )
    return {"name": name, "share": share, "outlook": outlook, "test_file": test_file}


def _options() -> Options:
    with gr.Row():
        encoding = gr.Dropdown(
            [(title, codec) for codec, title in encodings()],
            label="Encoding",
            allow_custom_value=True,
            info="How letters were written as bytes. Change it where letters look wrong; one that "
            "is not in the list can be written here.",
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
    leave_out = gr.Checkbox(
        label="Leave out lines that cannot be read",
        visible=False,
        info="Untick it, and the file is refused until they are mended.",
    )
    return Options(encoding, separator, header, sheet, leave_out)
