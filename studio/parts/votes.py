"""Two answers without names, and what people's votes amount to with them."""

from __future__ import annotations

from collections.abc import Sequence

from jobs import ComparedExample, Duel, Interval, Tally
from studio.parts.colours import title
from studio.parts.completions import reference_title
from studio.parts.frame import section
from studio.parts.score_tables import LUCK, p_value
from studio.parts.scrolling import scrolling
from studio.parts.text import clip, esc, percent, several

COUNTS = (
    "Each prompt counts once. Won and lost: more people chose the one or the other. Of the rest, "
    "both bad: more than half of the votes said so; equal: all others."
)
FEWEST = 6  # prompts with a winner; five may all fall on one side by luck (p 0.06)


def duel_cards(duel: Duel, example: ComparedExample) -> str:
    """The prompt and two answers beside each other; whose they are is nowhere in it."""
    references = "".join(
        f'<p class="said" dir="auto">{esc(clip(one, 1500))}</p>' for one in example.references
    )
    answers = "".join(
        f'<article class="row" aria-label="{side} answer"><h3>{side}</h3>'
        f"{_answer(example.completions[variant].text)}</article>"
        for side, variant in (("Left", duel.left), ("Right", duel.right))
    )
    return (
        f'<article class="row"><header><h3>Prompt {duel.position + 1}</h3><p class="said" '
        f'dir="auto">{esc(clip(example.prompt, 2000))}</p></header><details class="more"><summary>'
        f"{reference_title(example)}: what you wished for</summary>{references}</details></article>"
        f'<div class="duel">{answers}</div>'
        f'<p class="quiet">{several(duel.done, "vote")} of yours; at most '
        f"{several(duel.total, 'pair')}. <span class='keys'>Keys: <kbd>←</kbd> left is "
        "better, <kbd>→</kbd> right is better, <kbd>↓</kbd> equally good, <kbd>↑</kbd> both bad, "
        "<kbd>u</kbd> undo.</span></p>"
    )


def _answer(text: str) -> str:
    if not text.strip():
        return '<p class="quiet">An empty answer.</p>'
    return f'<p class="said" dir="auto">{esc(clip(text, 3000))}</p>'


def tallies(found: Sequence[Tally]) -> str:
    """A sentence and a row for each pair that has votes."""
    rows = "".join(
        f'<tr><th scope="row">{esc(title(t.a))} against {esc(title(t.b))}</th>'
        f"<td>{t.wins}</td><td>{t.losses}</td><td>{t.equal}</td><td>{t.both_bad}</td>"
        f"<td>{share_of(t.win_rate)}</td><td>{p_value(t.sign_test)}</td>"
        f"<td>{share_of(t.with_metric)}</td><td>{share_of(t.agreement)}</td></tr>"
        for t in found
    )
    names = ("Pair", "Won", "Lost", "Equal", "Both bad", "Win rate", "Sign test p")
    head = "".join(
        f'<th scope="col">{one}</th>' for one in (*names, "Score agrees", "Voters agree")
    )
    told = "".join(f"<p>{esc(sentence(t))}</p>" for t in found)
    table = scrolling(
        "Votes",
        f"{COUNTS} Score agrees: how often the score of the verdict takes the side of the people. "
        f"Voters agree: how often two of them do. Sign test p: {LUCK}",
        f"<tr>{head}</tr>",
        rows,
    )
    return section("What the votes say", told + table)


def sentence(t: Tally) -> str:
    """What a pair's votes amount to, by the sign test."""
    people = several(len(t.voters), "person", "people")
    judged = t.wins + t.losses
    means = f"chosen on {t.wins} of {several(judged, 'prompt')} with a winner"
    who = f"{title(t.a)} against {title(t.b)}, by {people}"
    if not judged:
        return f"{who}: nobody took a side yet."
    if judged < FEWEST:
        return f"{who}: too few votes to tell; it was {means}."
    if t.sign_test < 0.05:
        they = "this person prefers" if len(t.voters) == 1 else "people prefer"
        what = f"{they} {'it' if t.wins > t.losses else 'the other'}"
        return f"{who}: {what}; it was {means}."
    return f"{who}: no preference to be seen; it was {means}."


def share_of(share: Interval) -> str:
    """“62% (48% to 74%)”, or “62%” where no interval is known; a dash where nobody took a side."""
    if share.mean is None:
        return "–"
    if share.low is None or share.high is None:
        return percent(share.mean)
    return f"{percent(share.mean)} ({percent(share.low)} to {percent(share.high)})"
