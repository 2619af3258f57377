"""`attune votes`: what people's blind votes on a comparison amount to."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

import typer

from jobs import ComparisonInfo, Tally, Workspace
from studio.cli import show
from studio.cli.options import HomeOption, JsonOption, open_workspace, settle, wants_json
from studio.parts.score_tables import p_value
from studio.parts.votes import COUNTS, sentence, share_of

HEAD = ("pair", "won", "lost", "equal", "both bad", "win rate", "p", "score agrees", "voters agree")


def register(root: typer.Typer) -> None:
    """Hang the command at the top level."""
    root.command()(votes)


def votes(
    context: typer.Context,
    comparison: Annotated[
        int | None,
        typer.Argument(metavar="COMPARISON", help="Its number; without it, all are listed."),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Tell which answers people chose when they did not know whose they were.

    Without a number it lists the comparisons, the newest first.
    """
    settle(context, home, json)
    workspace = open_workspace(context)
    if comparison is None:
        _list(context, workspace)
        return
    info = workspace.comparison(comparison)
    found = workspace.votes(comparison)
    if wants_json(context):
        show.document(
            {
                "comparison": info.id,
                "data": info.data,
                "pairs": [dataclasses.asdict(t) for t in found],
            }
        )
        return
    if not found:
        show.say(f"Nobody has voted on comparison {info.id} yet. Its page has “Judge blind”.")
        return
    for tally in found:
        show.say(sentence(tally))
    show.table(HEAD, [_row(tally) for tally in found])
    show.say(
        f"{COUNTS} Win rate, with its 95% interval, is of the prompts won or lost; p is the sign "
        "test's, of the same."
    )


def _list(context: typer.Context, workspace: Workspace) -> None:
    known = workspace.comparisons()
    if wants_json(context):
        show.document([_line(info) for info in known])
    elif not known:
        show.say("No comparisons yet. Make one with “attune compare --data NAME base RUN”.")
    else:
        rows = [(c.id, c.data, ", ".join(c.variants), c.state) for c in known]
        show.table(("comparison", "data", "variants", "state"), rows)
        show.say("“attune votes COMPARISON” tells the votes on one.")


def _line(info: ComparisonInfo) -> dict[str, Any]:
    return {
        "comparison": info.id,
        "data": info.data,
        "variants": info.variants,
        "state": info.state,
    }


def _row(t: Tally) -> tuple[object, ...]:
    counts = (t.wins, t.losses, t.equal, t.both_bad)
    agree = (share_of(t.with_metric), share_of(t.agreement))
    return (f"{t.a} against {t.b}", *counts, share_of(t.win_rate), p_value(t.sign_test), *agree)
