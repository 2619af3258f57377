"""`attune data add-row`, `edit-row`, `drop-row`: single rows, by the numbers that findings give."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from jobs import Example
from studio.cli.data_told import tell_change
from studio.cli.options import HomeOption, JsonOption, open_workspace, settle

RowArgument = Annotated[
    int, typer.Argument(help="Its number in the file, as findings and “data show” give it.", min=1)
]
SplitOption = Annotated[
    str | None,
    typer.Option(help="train, validation or test, where a test file has the same number as well."),
]
PromptOption = Annotated[str, typer.Option(help="What the model reads.")]
CompletionOption = Annotated[
    list[str], typer.Option(help="What it should answer; may be repeated, for several references.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("add-row")(add_row)
    app.command("edit-row")(edit_row)
    app.command("drop-row")(drop_row)


def add_row(
    context: typer.Context,
    name: str,
    prompt: PromptOption,
    completion: CompletionOption,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Add a row, in a new version; it goes to where its prompt stands, else to training."""
    settle(context, home, json)
    row = Example(prompt, tuple(completion))
    workspace = open_workspace(context)
    tell_change(context, name, partial(workspace.add_rows, name, [row]))


def edit_row(
    context: typer.Context,
    name: str,
    row: RowArgument,
    prompt: PromptOption,
    completion: CompletionOption,
    split: SplitOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Write one row anew, in a new version; “attune data undo” goes back."""
    settle(context, home, json)
    workspace = open_workspace(context)
    place = workspace.place_of(name, row, split)
    verb = partial(workspace.edit_row, name, *place, prompt, completion)
    tell_change(context, name, verb)


def drop_row(
    context: typer.Context,
    name: str,
    row: RowArgument,
    split: SplitOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Drop one row, in a new version; “attune data undo” goes back."""
    settle(context, home, json)
    workspace = open_workspace(context)
    place = workspace.place_of(name, row, split)
    tell_change(context, name, partial(workspace.drop_row, name, *place))
