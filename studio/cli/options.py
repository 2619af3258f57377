"""The options that every command takes, and the workspace they lead to."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from jobs import Workspace

HomeOption = Annotated[
    str | None,
    # No `envvar` here: read for the command too, it would overrule a --home before the command.
    typer.Option("--home", help="Home folder; without it, $ATTUNE_HOME.", metavar="DIR"),
]
JsonOption = Annotated[
    bool,
    typer.Option(
        "--json", help="Print one JSON document on standard output; an error, on standard error."
    ),
]
YesOption = Annotated[
    bool,
    typer.Option("--yes", help="Do not ask first; needed without a terminal. --json never asks."),
]


def settle(context: typer.Context, home: str | None, json: bool) -> None:
    """Remember the common options, wherever on the line they stood."""
    known = context.ensure_object(dict)
    known["home"] = home or known.get("home")
    known["json"] = json or known.get("json", False)


def wants_json(context: typer.Context) -> bool:
    return bool(context.obj["json"])


def address_to(context: typer.Context) -> Callable[[str], None]:
    """How the studio says its address: with --json standard output belongs to the document."""
    file = sys.stderr if wants_json(context) else sys.stdout
    return functools.partial(print, file=file, flush=True)


def open_workspace(context: typer.Context) -> Workspace:
    """The workspace of `--home`, `$ATTUNE_HOME` or the platform's data folder."""
    return Workspace.open(context.obj["home"])
