"""`attune data`: bring examples in, list them, look at them."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from jobs import BrokenLine, DataError, NoColumns, ReadAs, Workspace
from studio.cli import show
from studio.cli.data_told import (
    counts_of,
    document,
    shortened,
    tell_change,
    tell_dataset,
    tell_version,
)
from studio.cli.options import (
    HomeOption,
    JsonOption,
    YesOption,
    open_workspace,
    settle,
    wants_json,
)
from studio.parts.standing_out import standing_out
from studio.removal import dataset_goes

app = typer.Typer(help="Bring examples in, list them, look at them.", no_args_is_help=True)


@app.callback()
def data(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """Bring examples in, list them, look at them."""
    settle(context, home, json)


KINDS = (
    "CSV, TSV, JSON, JSONL, Parquet, Arrow, Excel, OpenDocument, plain text, or a ZIP of one; "
    "hub:owner/name is a data set of the Hugging Face Hub."
)
# How a file is read; what is not given is found out.
EncodingOption = Annotated[
    str | None, typer.Option(help="How letters were written, such as cp1252 or gbk.")
]
SeparatorOption = Annotated[
    str | None, typer.Option(help="What separates cells: a character, or comma, tab, ...")
]
SheetOption = Annotated[
    str | None,
    typer.Option(help="Sheet of a workbook, file in a ZIP archive, or part of a data set."),
]
HeaderOption = Annotated[
    bool | None, typer.Option(help="Whether the first line names the columns.")
]


LeaveOutOption = Annotated[
    bool,
    typer.Option(
        "--leave-out-unreadable", help="Leave out lines that cannot be read, and say how many."
    ),
]


class Several(TyperCommand):
    """A command in which --completion may name several columns at once."""

    def parse_args(self, context: Any, arguments: list[str]) -> list[str]:
        return super().parse_args(context, spread(arguments, "--completion"))


@app.command("add", cls=Several)
def add(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help=KINDS)],
    name: Annotated[str, typer.Option(help="What to call the dataset.")],
    prompt: Annotated[str | None, typer.Option(help="Column that holds the prompt.")] = None,
    completion: Annotated[
        list[str] | None, typer.Option(help="Columns that hold a completion; may be repeated.")
    ] = None,
    test_file: Annotated[Path | None, typer.Option(help="A file of test examples.")] = None,
    test_share: Annotated[
        float | None,
        typer.Option(
            help="Share of the prompts that is kept for testing; a tenth, and more of a small file."
        ),
    ] = None,
    template: Annotated[
        str, typer.Option(help="Text around each prompt, with {prompt} in it.")
    ] = "{prompt}",
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    sheet: SheetOption = None,
    header: HeaderOption = None,
    leave_out: LeaveOutOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Import a file under a name, with a split into training, validation and test that stays."""
    settle(context, home, json)
    if test_file is not None and test_share is not None:
        raise typer.BadParameter("--test-file and --test-share exclude each other; give one")
    workspace = open_workspace(context)
    with show.bar(f"Adding {name}") as told, _way_out():
        path, source = file, None
        if file.startswith("hub:"):
            path, source = _fetched(workspace, file, sheet, told)
            sheet = None
        dataset = workspace.add_dataset(
            path,
            name,
            prompt=prompt,
            completions=completion or (),
            test_file=test_file,
            test_share=test_share,
            template=template,
            reading=ReadAs(encoding, separator, sheet, header, leave_out),
            source=source,
            progress=lambda at: told(at.phase, at.share),
        )
    tell_dataset(context, dataset)


@contextlib.contextmanager
def _way_out() -> Iterator[None]:
    """Name the options that lead past an error."""
    try:
        yield
    except NoColumns as error:
        cure = f"{error.cure} On the command line: --prompt COLUMN --completion COLUMN."
        raise DataError(error.what, cure, detail=error.detail) from None
    except BrokenLine as error:
        cure = f"{error.cure} Or leave out such lines with --leave-out-unreadable."
        raise DataError(error.what, cure, detail=error.detail, excerpt=error.excerpt) from None


def _fetched(
    workspace: Workspace, name: str, part: str | None, told: Callable[[str, float], None]
) -> tuple[str, str]:
    """A data set of the Hub as a file, and where that came from."""
    found = workspace.fetch_data(name, part, lambda at: told(at.phase, at.share))
    return str(found.path), found.source


def spread(arguments: list[str], option: str) -> list[str]:
    """“--completion a b” as “--completion a --completion b”, once the file was named."""
    out: list[str] = []
    taking = False
    for at, argument in enumerate(arguments):
        if argument.startswith("-"):
            named_before = at > 0 and not arguments[0].startswith("-")
            taking = argument == option and named_before
            out.append(argument)
        elif taking and out[-1] != option:
            out += [option, argument]
        else:
            out.append(argument)
    return out


@app.command("list")
def list_(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """List the datasets."""
    settle(context, home, json)
    datasets = open_workspace(context).datasets()
    if wants_json(context):
        show.document([document(d) for d in datasets])
    elif not datasets:
        show.say("No datasets yet. Add one with “attune data add FILE --name NAME”.")
    else:
        rows = [(d.name, d.version, *counts_of(d), d.source) for d in datasets]
        show.table(("name", "version", "train", "validation", "test", "from"), rows)


@app.command("show")
def show_(
    context: typer.Context,
    name: str,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "train",
    offset: Annotated[int, typer.Option(help="Examples to pass over.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="Examples to show.", min=0, max=1000)] = 3,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show a dataset: its columns, its split, what was noticed, some examples."""
    settle(context, home, json)
    workspace = open_workspace(context)
    dataset = workspace.dataset(name)
    page = workspace.examples(name, split, offset, limit)
    lengths, versions = workspace.lengths(name), workspace.versions(dataset.name)
    if wants_json(context):
        rows = [dataclasses.asdict(example) for example in page]
        asked = {"split": split, "offset": offset, "examples": rows}
        found = [dataclasses.asdict(finding) for finding in standing_out(dataset, lengths)]
        known = [{"version": d.version, "change": d.change, "current": d.current} for d in versions]
        limits = {"limit": lengths.limit, "model_limit": lengths.model_limit}
        told = {"findings": found, "versions": known} | limits
        show.document(document(dataset) | told | asked)
    else:
        tell_dataset(context, dataset, lengths, versions)
        for example in page:
            show.say(f"\nrow         {example.row}")
            prompt, completion = shortened(example.prompt), shortened(example.references[0])
            show.say(f"prompt      {prompt}\ncompletion  {completion}")


@app.command("delete")
def delete(
    context: typer.Context,
    name: str,
    yes: YesOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Delete a dataset that no run uses, with its comparisons; says first what goes, and asks on a
    terminal.
    """
    settle(context, home, json)
    workspace = open_workspace(context)
    goes = workspace.dataset_removal(name)  # one that is used is refused here, before any word
    if not wants_json(context):
        show.sure(dataset_goes(name, goes), ask=not yes)
    workspace.delete_dataset(name)
    if wants_json(context):
        show.document({"name": name, "deleted": True, **dataclasses.asdict(goes)})
    else:
        show.say(f"{name} is deleted.")


@app.command("mend")
def mend(
    context: typer.Context,
    name: str,
    check: Annotated[str, typer.Argument(help="What to mend, as “attune data show” names it.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Mend what a check has found, in a new version; “attune data undo” goes back."""
    settle(context, home, json)
    workspace = open_workspace(context)
    tell_change(context, name, partial(workspace.mend, name, check))


@app.command("undo")
def undo(
    context: typer.Context, name: str, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Go back to the version that the current one was made from; nothing is deleted."""
    settle(context, home, json)
    tell_version(context, open_workspace(context).undo(name))


@app.command("versions")
def versions(
    context: typer.Context,
    name: str,
    use: Annotated[int | None, typer.Option(help="Make this version the current one.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List the versions of a dataset; `name@2` names one of them in every command."""
    settle(context, home, json)
    workspace = open_workspace(context)
    if use is not None:
        workspace.use_version(name, use)
    known = workspace.versions(name)
    if wants_json(context):
        show.document([document(d) for d in known])
        return
    rows = [
        (f"{d.version}{' *' if d.current else ''}", d.change or "As it was added", *counts_of(d))
        for d in known
    ]
    show.table(("version", "what made it", "train", "validation", "test"), rows)
