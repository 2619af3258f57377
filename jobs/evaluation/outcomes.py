"""What one variant is to another, by rules that are fixed before anything is scored.

A verdict speaks of exact match where every reference has at most three words, else of ROUGE-L
(`verdict_metric`). Each variant is held against the base (`base`, else `base@4bit`, else the one
given first; where there are several base models, the one of its own model): its `opponents`. What
two variants are to each other (`outcome`) follows from their difference on the same prompts, by the
first rule that applies:

1. fewer than 50 prompts that both have a score on: *unclear* (too few prompts to tell);
2. the same score on every prompt: *same*;
3. different scores on fewer than 10 prompts: *unclear*; so few say nothing of the next ones, and
   intervals were seen to fail there. Of fewer than 100 prompts the scores of 3 must lie 0.05 or
   more apart as well: where hardly any does, gains that are rare and large may have been missed;
4. the 95% interval lies above 0: *better*; below 0: *worse*. With several variants Holm's p must
   be below 0.05 as well: of many comparisons one is soon lucky;
5. else: *same* (no difference to be seen). An interval that touches 0 is here.

The limits of rules 1 and 3 follow from a simulation (`tests/benchmarks/coverage.md`): where they
let an interval speak it holds the truth 93 to 98 times in 100, for each shape. With 30
prompts it misses one time in four where gains are rare and large, with 50 one time in ten.

How many prompts would do where these are too few (`needed`): what so many could show shrinks with
the root of their number, so that a difference of the size seen asks for
prompts × (smallest that could be shown / seen)², for as many as let rule 3 speak at the share that
changed, and for no fewer than rules 1 and 3 name, rounded up to two figures. Fewer than 10 prompts
and equal means give no such number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from jobs.evaluation.metrics.words import count_words
from jobs.types import ENOUGH_PROMPTS, Difference

Outcome = Literal["better", "same", "unclear", "worse"]

SHORT_WORDS = 3  # references of at most so many words are judged by exact match
MIN_CHANGES = 10  # prompts that the two variants score differently on
MIN_CLEAR = 3  # of fewer than `SURE_PROMPTS`, prompts that they score clearly differently on
SURE_PROMPTS = 100
ALPHA = 0.05
MIN_PILOT = 10  # prompts from whose scores one can say how many are needed


def verdict_metric(references: Iterable[Sequence[str]]) -> str:
    """The metric that the verdict speaks of, from the references of all prompts."""
    texts = [text for several in references for text in several]
    short = bool(texts) and all(count_words(text) <= SHORT_WORDS for text in texts)
    return "exact_match" if short else "rougeL"


def outcome(difference: Difference) -> Outcome:
    """What `a` is to `b`, by the rules above."""
    changes = difference.wins + difference.losses
    if (
        changes + difference.ties < ENOUGH_PROMPTS
        or difference.low is None
        or difference.high is None
    ):
        return "unclear"
    if changes == 0:
        return "same"
    if changes < MIN_CHANGES or hardly_changed(difference):
        return "unclear"
    if difference.holm is not None and difference.holm >= ALPHA:
        return "same"
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "same"


def hardly_changed(d: Difference) -> bool:
    """Whether so few of few prompts changed by much that rare changes may have been missed."""
    few = d.wins + d.ties + d.losses < SURE_PROMPTS
    return few and d.noticed is not None and d.noticed < MIN_CLEAR


def turned(difference: Difference) -> Difference:
    """The same difference the other way round, or of something of which less is better."""
    d = difference
    ends = (None if d.high is None else -d.high, None if d.low is None else -d.low)
    delta = None if d.delta is None else -d.delta
    return replace(d, delta=delta, low=ends[0], high=ends[1], wins=d.losses, losses=d.wins)


def swapped(d: Difference) -> Difference:
    """What `b` is to `a`: the same difference told from the other side."""
    return replace(turned(d), a=d.b, b=d.a, a_mean=d.b_mean, b_mean=d.a_mean)


def needed(d: Difference) -> int | None:
    """About how many prompts would tell a difference of the size seen, where these are too few;
    None where that cannot be said."""
    prompts, changes = d.wins + d.ties + d.losses, d.wins + d.losses
    if prompts < MIN_PILOT or not changes or not d.delta or not d.detectable:
        return None
    wanted = prompts * max((d.detectable / abs(d.delta)) ** 2, MIN_CHANGES / changes)
    wanted = max(wanted, SURE_PROMPTS if hardly_changed(d) else ENOUGH_PROMPTS)
    step = 10 ** (math.floor(math.log10(wanted)) - 1)
    return math.ceil(wanted / step) * step


def opponents(variants: Sequence[str], bases: Mapping[str, str] | None = None) -> dict[str, str]:
    """Of each variant, the one that it is held against (itself, where it is that one); `bases`
    names the base model under each, if there are several."""
    found = {}
    for variant in variants:
        own = [v for v in variants if not bases or bases[v] == bases[variant]]
        plain = {v.partition(":")[0]: v for v in reversed(own)}
        found[variant] = plain.get("base", plain.get("base@4bit", own[0]))
    return found
