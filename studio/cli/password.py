"""`attune password`: who may open the studio from another machine."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from jobs import Home, InputError
from studio.cli import show
from studio.cli.options import HomeOption, JsonOption, settle, wants_json
from studio.passwords import Passwords

VARIABLE = "ATTUNE_PASSWORD"


def register(root: typer.Typer) -> None:
    """Hang the command at the top level."""
    root.command()(password)


def password(
    context: typer.Context,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove it: only this machine can open the studio.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Set the studio's password; it is asked for, or read as a line from standard input."""
    settle(context, home, json)
    passwords = _of_home(context)
    if remove:
        passwords.forget()
        said = "There is no password any more."
    else:
        passwords.set(_asked())
        said = "The password is set. Whoever was signed in has to sign in again."
    if wants_json(context):
        show.document({"password": not remove})
    else:
        show.say(said)


def from_environment(context: typer.Context) -> None:
    """Keep the password of `$ATTUNE_PASSWORD`, hashed; jobs do not inherit the variable."""
    given = os.environ.pop(VARIABLE, "")
    passwords = _of_home(context)
    if given and not passwords.matches(given):
        passwords.set(given)


def _of_home(context: typer.Context) -> Passwords:
    return Passwords(Home.find(context.obj["home"]).make().login)


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first: str = typer.prompt("New password", hide_input=True)
    again: str = typer.prompt("The same again", hide_input=True)
    if first != again:
        raise InputError("The two are not the same.", "Try once more.")
    return first
