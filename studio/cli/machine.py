"""`attune models` and `attune doctor`: what there is to start from, and whether all is well."""

from __future__ import annotations

import dataclasses

import typer

from studio.cli import show
from studio.cli.options import HomeOption, JsonOption, open_workspace, settle, wants_json


def register(root: typer.Typer) -> None:
    """Hang the commands that stand at the top level."""
    root.command()(models)
    root.command()(doctor)


def models(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """List base models to start from; a folder or any Hub id works too."""
    settle(context, home, json)
    choices = open_workspace(context).models()
    if wants_json(context):
        show.document([dataclasses.asdict(choice) for choice in choices])
        return
    rows = [
        (
            c.spec,
            show.count(c.parameters),
            show.size(c.bytes),
            c.licence,
            "yes" if c.fits else f"no: {c.reason}",
            "yes" if c.local else "no",
        )
        for c in choices
    ]
    show.table(("model", "weights", "size", "licence", "fits here", "on this machine"), rows)


def doctor(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """Check this machine: device, memory, disk, libraries."""
    settle(context, home, json)
    checks = open_workspace(context).doctor(afresh=True)
    if wants_json(context):
        show.document([dataclasses.asdict(check) for check in checks])
    else:
        for check in checks:
            mark = "ok " if check.ok else "no "
            show.say(f"{mark} {check.title}: {check.sentence} {check.cure}".rstrip())
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
