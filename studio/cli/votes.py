"""`attune votes`: what people's blind votes on a comparison amount to."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from jobs import Tally
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
    comparison: Annotated[int, typer.Argument(help="A comparison's number, as its page has it.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Tell which answers people chose when they did not know whose they were."""
    settle(context, home, json)
    workspace = open_workspace(context)
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


def _row(t: Tally) -> tuple[object, ...]:
    counts = (t.wins, t.losses, t.equal, t.both_bad)
    agree = (share_of(t.with_metric), share_of(t.agreement))
    return (f"{t.a} against {t.b}", *counts, share_of(t.win_rate), p_value(t.sign_test), *agree)
