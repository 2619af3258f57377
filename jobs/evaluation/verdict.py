"""Did it help? One honest sentence, and a second where two are better.

It holds every variant against its opponent, by the rules of `jobs.evaluation.outcomes`. It leads
with the best: better before same before unclear before worse, then the larger difference. Each of
the others is named with what it is. Of the two that lead, where both are better, it says what they
are to each other: a higher mean alone says nothing of that. Means are those of the prompts that
were paired. Where the best shows no difference it says how large one must have been to be seen;
where prompts are too few, about how many would do, up to 10,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from jobs.data.words import count_of
from jobs.evaluation.metrics import metric as find_metric
from jobs.evaluation.outcomes import (
    ALPHA,
    MIN_CHANGES,
    SURE_PROMPTS,
    Outcome,
    needed,
    opponents,
    outcome,
    swapped,
)
from jobs.types import ENOUGH_PROMPTS, Difference, Interval

# The two metrics that a verdict speaks of; titles of metrics begin with the same words.
WORDS = {"rougeL": "word overlap", "exact_match": "exact match"}

LUCK = ", which may be luck among so many variants"
MOST_NEEDED = 10_000  # prompts; of more than these only that is said

_RANK: Mapping[Outcome, int] = {"better": 0, "same": 1, "unclear": 2, "worse": 3}


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
    what = outcome(d)
    means = f"{score_word(metric)} {_means(d)}"
    if what == "unclear":
        return _unclear(d, metric, means)
    if what == "same":
        if d.wins + d.losses == 0:
            head = f"No difference to be seen: {a} and {b} score the same on each of"
            return f"{head} {prompts} prompts; {score_word(metric)} {number(d.a_mean)}"
        head = f"No difference to be seen between {a} and {b} on {prompts} prompts"
        if d.sign_test is not None and d.sign_test < ALPHA:
            head = f"{head}, though it wins {d.wins} and loses {d.losses}"
        return f"{head}; {means}, {gap(d)}{least(d)}"
    for_it, against_it = (d.wins, d.losses) if what == "better" else (d.losses, d.wins)
    if for_it > against_it:
        head = f"{a} is {what} than {b} on {for_it} of {prompts} prompts"
    else:
        head = f"{a} is {what} than {b} on average, though it wins {d.wins} and loses"
        head = f"{head} {d.losses} of {prompts} prompts"
    return f"{capital(head)}; {means}, {gap(d)}"


def _means(d: Difference) -> str:
    """“0.95 → 0.96”, with digits enough that a difference that is told does not read as none."""
    most = 4 if outcome(d) in ("better", "worse") else 2
    for digits in range(2, most + 1):
        before, after = number(d.b_mean, digits), number(d.a_mean, digits)
        if before != after:
            break
    return f"{before} → {after}"


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
        luck = LUCK if d.clear else ""
        return f"no difference to be seen for {a} ({number(d.a_mean)}, {gap(d)}{luck})"
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
    two = f"the two best, {first} and {second}" if len(best) > 2 else f"{first} and {second}"
    if what == "same":
        return f" Between {two}, no difference to be seen ({gap(d)})."
    if what == "unclear":
        comma = "," if len(best) > 2 else ""
        return f" Too few prompts to tell which of {two}{comma} is better."
    winner = d if what == "better" else swapped(d)
    return f" {capital(named(winner.a))} is better than {named(winner.b)} ({gap(winner)})."


def gap(d: Difference) -> str:
    """A difference with its interval."""
    delta, low, high = (number(v, d.digits) for v in (d.delta, d.low, d.high))
    return f"difference {delta} ({low} to {high})"


def least(d: Difference) -> str:
    """What no difference to be seen leaves open; with several variants, why it was not seen."""
    if d.clear:
        return LUCK
    if not d.detectable or abs(d.delta or 0.0) >= d.detectable:
        return ""  # what is seen is as large: rare large changes keep it from being shown
    return f"; one of {number(max(d.detectable, 0.01))} would probably have been seen"


def _alone(variant: str, metric: str, mean: Interval) -> str:
    text = f"Only {named(variant)} was scored: {score_word(metric)} {number(mean.mean)}"
    if mean.low is not None:
        text += f" ({number(mean.low)} to {number(mean.high)})"
    text += f" on {count_of(mean.count, 'prompt')}"
    return f"{text}; a second variant is needed to tell whether it helped."


def score_word(metric: str) -> str:
    """What a sentence calls a score; its technical name stands where it is explained."""
    return WORDS.get(metric) or find_metric(metric).title


def capital(text: str) -> str:
    """A text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
