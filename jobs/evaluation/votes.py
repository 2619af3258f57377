"""Blind votes: which two answers come next, and what people's choices amount to.

Sides are drawn from who votes on what, so that the page need not know whose answer it shows and a
refresh shows the same. The votes of several people on one prompt say one thing of it: what more of
them chose, and every prompt counts once: won, lost, equal or both bad. Only prompts with a winner
count for the win rate and the sign test.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobs.evaluation.outcomes import opponents
from jobs.evaluation.resampling import TIE
from jobs.evaluation.statistics import exact_share, sign_test
from jobs.types import ComparisonResult, Interval, Vote


@dataclass(frozen=True)
class Duel:
    """Two answers to the prompt at `position`; who wrote which is known here alone."""

    position: int
    left: str
    right: str
    done: int  # votes of this person
    total: int


@dataclass(frozen=True)
class Tally:
    """What people think of `a` beside `b`."""

    a: str
    b: str
    prompts: int  # that anybody voted on
    wins: int  # prompts on which more people chose `a`
    losses: int
    equal: int  # the others: as many chose the one as the other, or nobody took a side
    both_bad: int  # no winner, and more than half of the votes found both answers bad
    votes: int
    voters: tuple[str, ...]
    win_rate: Interval  # of the prompts with a winner
    sign_test: float
    agreement: Interval  # pairs of people on one prompt who both took a side: took the same
    with_metric: Interval  # prompts on which the verdict's metric takes the side of the people


def next_duel(
    result: ComparisonResult,
    votes: Iterable[Vote],
    voter: str,
    shown: tuple[int, str, str] | None = None,
) -> Duel | None:
    """The next pair for a person, that which is `shown` (position, left, right) before any other;
    None when all were judged. Equal answers are not asked about."""
    seed = _seed(result, voter)
    order = list(range(len(result.examples)))
    random.Random(seed).shuffle(order)
    asked = pairs(result)
    given = {(v.position, frozenset((v.left, v.right))) for v in votes if v.voter == voter}
    total = len(order) * len(asked)
    if shown is not None and (shown[0], frozenset(shown[1:])) not in given:
        return Duel(*shown, len(given), total)
    for position in order:
        for a, b in asked:
            if (position, frozenset((a, b))) in given:
                continue
            completions = result.examples[position].completions
            if completions[a].text.strip() == completions[b].text.strip():
                continue
            left, right = sides(result, voter, position, a, b)
            return Duel(position, left, right, len(given), total)
    return None


def sides(result: ComparisonResult, voter: str, position: int, a: str, b: str) -> tuple[str, str]:
    """Left and right, the same for the same person, prompt and pair."""
    first, second = sorted((a, b))
    turned = random.Random(f"{_seed(result, voter)}/{position}/{first}/{second}").random() < 0.5
    return (second, first) if turned else (first, second)


def pairs(result: ComparisonResult) -> list[tuple[str, str]]:
    """Each variant beside the one that it is held against."""
    against = opponents(result.variants, result.settings.get("models"))
    return [(a, b) for a, b in against.items() if a != b]


def tally(result: ComparisonResult, votes: Sequence[Vote]) -> tuple[Tally, ...]:
    """What the votes say of each pair that has any."""
    found = []
    for a, b in pairs(result):
        of_pair = [v for v in votes if {v.left, v.right} == {a, b}]
        if of_pair:
            found.append(_tally(result, of_pair, a, b))
    return tuple(found)


def _tally(result: ComparisonResult, votes: Sequence[Vote], a: str, b: str) -> Tally:
    chosen: dict[int, Counter[str]] = {}
    for vote in votes:
        chosen.setdefault(vote.position, Counter())[_choice(vote)] += 1
    leads = {place: count[a] - count[b] for place, count in chosen.items()}
    wins, losses = sum(v > 0 for v in leads.values()), sum(v < 0 for v in leads.values())
    bad = sum(not leads[p] and 2 * c["bad"] > c.total() for p, c in chosen.items())
    same = different = agreed = compared = 0
    for place, count in chosen.items():
        same += count[a] * (count[a] - 1) // 2 + count[b] * (count[b] - 1) // 2
        different += count[a] * count[b]
        gain = _gain(result, place, a, b)
        if leads[place] and gain:
            compared += 1
            agreed += (gain > 0) == (leads[place] > 0)
    return Tally(
        a,
        b,
        prompts=len(chosen),
        wins=wins,
        losses=losses,
        equal=len(chosen) - wins - losses - bad,
        both_bad=bad,
        votes=len(votes),
        voters=tuple(sorted({vote.voter for vote in votes})),
        win_rate=_share(wins, wins + losses),
        sign_test=sign_test(wins, losses),
        agreement=_pairs(same, same + different),
        with_metric=_share(agreed, compared),
    )


def _choice(vote: Vote) -> str:
    return {"left": vote.left, "right": vote.right}.get(vote.choice, vote.choice)


def _gain(result: ComparisonResult, place: int, a: str, b: str) -> float:
    """What the verdict's metric gives `a` more than `b`; 0 where it takes no side."""
    scores = result.examples[place].scores
    one, other = scores[a][result.metric].value, scores[b][result.metric].value
    gain = 0.0 if one is None or other is None else one - other
    return gain if abs(gain) > TIE else 0.0


def _share(some: int, whole: int) -> Interval:
    if not whole:
        return Interval(None, None, None, 0)
    return Interval(some / whole, *exact_share(some, whole), whole)


def _pairs(some: int, whole: int) -> Interval:
    """A share of pairs of people: one person stands in many, so that no interval is known."""
    return Interval(some / whole if whole else None, None, None, whole)


def _seed(result: ComparisonResult, voter: str) -> str:
    told = "\n".join((result.data, result.split, *result.variants, voter))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
