"""One honest sentence: did it help?

The metric is fixed before anything is scored: exact match where every reference has at most three
words, else ROUGE-L. What two variants are to each other (`outcome`) follows from their difference
on the same prompts, by the first rule that applies:

1. fewer than 50 prompts that both have a score on: *unclear* (too few prompts to tell);
2. the same score on every prompt: *same*;
3. different scores on fewer than 10 prompts: *unclear*; so few say nothing of the next ones, and
   intervals were seen to fail there. Of fewer than 100 prompts the scores of 3 must lie 0.05 or
   more apart as well: where hardly any does, gains that are rare and large may have been missed;
4. the 95% interval lies above 0: *better*; below 0: *worse*. With several variants Holm's p must
   be below 0.05 as well: of many comparisons one is soon lucky;
5. else: *same* (no difference to be seen). An interval that touches 0 is here.

The limits of rules 1 and 3 follow from a simulation (`tests/benchmarks/coverage.md`): where they
let an interval speak it holds the truth 93 to 97 times in 100, for each shape. With 30
prompts it misses one time in four where gains are rare and large, with 50 one time in ten.

The sentence holds every variant against the base (`base`, else `base@4bit`, else the one given
first; where there are several base models, the one of its own model). It leads with the best:
better before same before unclear before worse, then the larger difference. Each of the others is
named with what it is. Of the two that lead, where both are better, it says what they are to each
other: a higher mean alone says nothing of that. Means are those of the prompts that were paired.
Where no difference is seen it says how large one must have been to be seen.

Where prompts are too few it says about how many would do (`needed`): what so many could show
shrinks with the root of their number, so that a difference of the size seen asks for
prompts × (smallest that could be shown / seen)², for as many as let rule 3 speak at the share that
changed, and for no fewer than rules 1 and 3 name, rounded up to two figures. Fewer than 10 prompts
and equal means give no such number; of more than 10,000 only that is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from jobs.evaluation.metrics import metric as find_metric
from jobs.evaluation.metrics.words import count_words
from jobs.types import ENOUGH_PROMPTS, Difference, Interval

Outcome = Literal["better", "same", "unclear", "worse"]

SHORT_WORDS = 3  # references of at most so many words are judged by exact match
MIN_CHANGES = 10  # prompts that the two variants score differently on
MIN_CLEAR = 3  # of fewer than `SURE_PROMPTS`, prompts that they score clearly differently on
SURE_PROMPTS = 100
ALPHA = 0.05
MIN_PILOT = 10  # prompts from whose scores one can say how many are needed
MOST_NEEDED = 10_000

# The two that a verdict speaks of; titles of metrics begin with the same words.
WORDS = {"rougeL": "word overlap", "exact_match": "exact match"}

_RANK: Mapping[Outcome, int] = {"better": 0, "same": 1, "unclear": 2, "worse": 3}


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
    if changes < MIN_CHANGES or _hardly_changed(difference):
        return "unclear"
    if difference.holm is not None and difference.holm >= ALPHA:
        return "same"
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "same"


def _hardly_changed(d: Difference) -> bool:
    """Whether so few of few prompts changed by much that rare changes may have been missed."""
    few = d.wins + d.ties + d.losses < SURE_PROMPTS
    return few and d.noticed is not None and d.noticed < MIN_CLEAR


def turned(difference: Difference) -> Difference:
    """The same difference the other way round, or of something of which less is better."""
    d = difference
    ends = (None if d.high is None else -d.high, None if d.low is None else -d.low)
    delta = None if d.delta is None else -d.delta
    return replace(d, delta=delta, low=ends[0], high=ends[1], wins=d.losses, losses=d.wins)


def needed(d: Difference) -> int | None:
    """About how many prompts would tell a difference of the size seen, where these are too few;
    None where that cannot be said."""
    prompts, changes = d.wins + d.ties + d.losses, d.wins + d.losses
    if prompts < MIN_PILOT or not changes or not d.delta or not d.detectable:
        return None
    wanted = prompts * max((d.detectable / abs(d.delta)) ** 2, MIN_CHANGES / changes)
    wanted = max(wanted, SURE_PROMPTS if _hardly_changed(d) else ENOUGH_PROMPTS)
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


def sentence(
    variants: Sequence[str],
    metric: str,
    summary: Mapping[str, Mapping[str, Interval]],
    differences: Iterable[Difference],
    bases: Mapping[str, str] | None = None,
) -> str:
    """The verdict; `differences` must hold every variant as `a` against its opponent as `b`, and
    what variants are to each other where that is to be told."""
    known = list(differences)
    ranked = _ranked(variants, metric, known, bases)
    if not ranked:
        against = opponents(variants, bases)[variants[0]]
        return _alone(against, metric, summary[against][metric])
    lead = _lead(ranked[0], metric)
    if len(ranked) > 1 and outcome(ranked[0]) != "better":
        several = len({d.b for d in ranked}) > 1
        than = "the base under it" if several else named(ranked[0].b)
        lead = f"None of the {len(ranked)} is shown to be better than {than}. {lead}"
    return "; ".join([lead, *map(_aside, ranked[1:])]) + "." + _between(ranked, metric, known)


def led_by(
    variants: Sequence[str],
    metric: str,
    differences: Iterable[Difference],
    bases: Mapping[str, str] | None = None,
) -> Outcome | None:
    """What the sentence says of the variant that it leads with; None where there is but one."""
    ranked = _ranked(variants, metric, differences, bases)
    return outcome(ranked[0]) if ranked else None


def _ranked(
    variants: Sequence[str],
    metric: str,
    differences: Iterable[Difference],
    bases: Mapping[str, str] | None,
) -> list[Difference]:
    """Each variant against its opponent, in the order in which the sentence speaks of them."""
    against = opponents(variants, bases)
    found = [d for d in differences if d.metric == metric and against.get(d.a) == d.b]
    return sorted(found, key=lambda d: (_RANK[outcome(d)], -(d.delta or 0.0)))


def named(variant: str) -> str:
    """A variant as a sentence speaks of it."""
    kind, _, model = variant.partition(":")
    shots = kind.removeprefix("base+")
    if kind == "base":
        text = "the base"
    elif kind == "base@4bit":
        text = "the 4-bit base"
    elif shots != kind and shots.isdecimal():
        text = f"the base with {shots} example{'' if shots == '1' else 's'} in its prompt"
    else:
        return f"“{variant}”"
    return f"{text} of {model}" if model else text


def number(value: float | None, digits: int = 2) -> str:
    """A score with a real minus sign, and never minus nothing."""
    if value is None:
        return "no score"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def _lead(d: Difference, metric: str) -> str:
    a, b, prompts = named(d.a), named(d.b), d.wins + d.ties + d.losses
    means = f"{score_word(metric)} {number(d.b_mean)} → {number(d.a_mean)}"
    what = outcome(d)
    if what == "unclear":
        return _unclear(d, metric, means)
    if what == "same":
        if d.wins + d.losses == 0:
            head = f"No difference to be seen: {a} and {b} score the same on each of"
            return f"{head} {prompts} prompts; {score_word(metric)} {number(d.a_mean)}"
        head = f"No difference to be seen between {a} and {b} on {prompts} prompts"
        return f"{head}; {means}, {gap(d)}{least(d)}"
    for_it, against_it = (d.wins, d.losses) if what == "better" else (d.losses, d.wins)
    if for_it > against_it:
        head = f"{a} is {what} than {b} on {for_it} of {prompts} prompts"
    else:
        head = f"{a} is {what} than {b} on average, though it wins {d.wins} and loses"
        head = f"{head} {d.losses} of {prompts} prompts"
    return f"{_capital(head)}; {means}, {gap(d)}"


def _unclear(d: Difference, metric: str, means: str) -> str:
    prompts = d.wins + d.ties + d.losses
    head = f"Too few prompts to tell whether {named(d.a)} is better than {named(d.b)}"
    if prompts == 0:
        return f"{head}: none could be scored by {score_word(metric)}"
    if prompts < ENOUGH_PROMPTS:
        plural = "prompt" if prompts == 1 else "prompts"
        why = f"{prompts} {plural}, at least {ENOUGH_PROMPTS} are needed"
    else:
        why = little(d)
    return f"{head}: {why}; {means}; {enough(d)}: ask more, or keep more rows for the test"


def enough(d: Difference) -> str:
    """How many prompts would tell, in words."""
    count = needed(d)
    if count is None:
        return "more prompts would tell"
    size = number(abs(d.delta or 0.0), 2 if abs(d.delta or 0.0) >= 0.01 else 4)
    if count > MOST_NEEDED:
        return f"to tell a difference as small as {size} takes more than {MOST_NEEDED:,} prompts"
    return f"about {count:,} prompts would probably tell a difference of {size}"


def little(d: Difference) -> str:
    """Why enough prompts tell nothing all the same."""
    prompts = d.wins + d.ties + d.losses
    if d.wins + d.losses < MIN_CHANGES:
        return f"they score the same on {d.ties} of {prompts}"
    close = prompts - (d.noticed or 0)
    return (
        f"their scores are nearly the same on {close} of {prompts}, and changes that are rare are"
        f" easily missed among fewer than {SURE_PROMPTS}"
    )


def _aside(d: Difference) -> str:
    a, what = named(d.a), outcome(d)
    if what == "same":
        return f"no difference to be seen for {a} ({number(d.a_mean)}, {gap(d)})"
    if what == "unclear":
        return f"too few prompts to tell for {a} ({number(d.a_mean)})"
    head = f"{a} is {what}" + (" too" if what == "better" else "")
    return f"{head} ({number(d.a_mean)}, {gap(d)})"


def _between(ranked: Sequence[Difference], metric: str, known: Iterable[Difference]) -> str:
    """What the two best are to each other, where both are better than what they stand against."""
    best = [d.a for d in ranked if outcome(d) == "better"]
    pair = set(best[:2])
    d = next((d for d in known if d.metric == metric and {d.a, d.b} == pair), None)
    if len(pair) < 2 or d is None:
        return ""
    what, (first, second) = outcome(d), map(named, best[:2])
    which = "the two best, " if len(best) > 2 else ""
    if what == "same":
        return f" Between {which}{first} and {second}, no difference to be seen ({gap(d)})."
    if what == "unclear":
        return f" Which of {which}{first} and {second} is better, too few prompts tell."
    winner = d if what == "better" else replace(turned(d), a=d.b, b=d.a)
    return f" {_capital(named(winner.a))} is better than {named(winner.b)} ({gap(winner)})."


def gap(d: Difference) -> str:
    """Digits enough that an interval that leaves 0 out does not read as if it touched it."""
    values = [v for v in (d.delta, d.low, d.high) if v is not None]
    apart = d.low is not None and d.high is not None and (d.low > 0 or d.high < 0)
    digits = 2
    while apart and digits < 4 and any(round(v, digits) == 0 for v in values):
        digits += 1
    delta, low, high = (number(v, digits) for v in (d.delta, d.low, d.high))
    return f"difference {delta} ({low} to {high})"


def least(d: Difference) -> str:
    """What no difference to be seen leaves open; with several variants, why it was not seen."""
    if d.low is not None and d.high is not None and (d.low > 0 or d.high < 0):
        return ", which may be luck among so many variants"
    if not d.detectable:
        return ""
    return f"; one of {number(max(d.detectable, 0.01))} would probably have been seen"


def _alone(variant: str, metric: str, mean: Interval) -> str:
    text = f"Only {named(variant)} was scored: {score_word(metric)} {number(mean.mean)}"
    if mean.low is not None:
        text += f" ({number(mean.low)} to {number(mean.high)})"
    return f"{text} on {mean.count} prompts; a second variant is needed to tell whether it helped."


def score_word(metric: str) -> str:
    """What a sentence calls a score; its technical name stands where it is explained."""
    return WORDS.get(metric) or find_metric(metric).title


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
