"""One honest sentence: did it help?

The metric is fixed before anything is scored: exact match where every reference has at most three
words, else ROUGE-L. What two variants are to each other (`outcome`) follows from their difference
on the same prompts, by the first rule that applies:

1. fewer than 30 prompts that both have a score on: *unclear* (too few prompts to tell);
2. the same score on every prompt: *same*;
3. different scores on fewer than 10 prompts: *unclear*; so few say nothing of the next ones, and
   intervals were seen to fail there;
4. the 95% interval lies above 0: *better*; below 0: *worse*;
5. else: *same* (no difference to be seen). An interval that touches 0 is here.

The sentence holds every variant against the base (`base`, else `base@4bit`, else the one given
first) and leads with the best: better before same before unclear before worse, then the larger
difference. Each of the others is named with what it is. Means are those of the prompts that were
paired. The intervals are of one difference each; with several variants none is widened for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from jobs.evaluation.metrics import metric as find_metric
from jobs.evaluation.metrics.words import count_words
from jobs.types import Difference, Interval

Outcome = Literal["better", "same", "unclear", "worse"]

SHORT_WORDS = 3  # references of at most so many words are judged by exact match
MIN_PROMPTS = 30
MIN_CHANGES = 10  # prompts that the two variants score differently on

_RANK: Mapping[Outcome, int] = {"better": 0, "same": 1, "unclear": 2, "worse": 3}


def verdict_metric(references: Iterable[Sequence[str]]) -> str:
    """The metric that the verdict speaks of, from the references of all prompts."""
    texts = [text for several in references for text in several]
    short = bool(texts) and all(count_words(text) <= SHORT_WORDS for text in texts)
    return "exact_match" if short else "rougeL"


def outcome(difference: Difference) -> Outcome:
    """What `a` is to `b`, by the rules above."""
    changes = difference.wins + difference.losses
    if changes + difference.ties < MIN_PROMPTS or difference.low is None:
        return "unclear"
    if changes == 0:
        return "same"
    if changes < MIN_CHANGES or difference.high is None:
        return "unclear"
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "same"


def opponent(variants: Sequence[str]) -> str:
    """The variant that the others are held against."""
    return next((name for name in ("base", "base@4bit") if name in variants), variants[0])


def sentence(
    variants: Sequence[str],
    metric: str,
    summary: Mapping[str, Mapping[str, Interval]],
    differences: Iterable[Difference],
) -> str:
    """The verdict; `differences` must hold every variant as `a` against the opponent as `b`."""
    against = opponent(variants)
    ranked = _ranked(variants, metric, differences)
    if not ranked:
        return _alone(against, metric, summary[against][metric])
    lead = _lead(ranked[0], metric)
    if len(ranked) > 1 and outcome(ranked[0]) != "better":
        lead = f"None of the {len(ranked)} is shown to be better than {named(against)}. {lead}"
    return "; ".join([lead, *map(_aside, ranked[1:])]) + "."


def led_by(
    variants: Sequence[str], metric: str, differences: Iterable[Difference]
) -> Outcome | None:
    """What the sentence says of the variant that it leads with; None where there is but one."""
    ranked = _ranked(variants, metric, differences)
    return outcome(ranked[0]) if ranked else None


def _ranked(
    variants: Sequence[str], metric: str, differences: Iterable[Difference]
) -> list[Difference]:
    """Each variant against the opponent, in the order in which the sentence speaks of them."""
    against = opponent(variants)
    found = [d for d in differences if d.metric == metric and d.b == against and d.a in variants]
    return sorted(found, key=lambda d: (_RANK[outcome(d)], -(d.delta or 0.0)))


def named(variant: str) -> str:
    """A variant as a sentence speaks of it."""
    return {"base": "the base", "base@4bit": "the 4-bit base"}.get(variant, f"“{variant}”")


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
    means = f"{_title(metric)} {number(d.b_mean)} → {number(d.a_mean)}"
    what = outcome(d)
    if what == "unclear":
        return _unclear(d, metric, means)
    if what == "same":
        if d.wins + d.losses == 0:
            head = f"No difference to be seen: {a} and {b} score the same on each of"
            return f"{head} {prompts} prompts; {_title(metric)} {number(d.a_mean)}"
        head = f"No difference to be seen between {a} and {b} on {prompts} prompts"
        return f"{head}; {means}, {_gap(d)}"
    for_it, against_it = (d.wins, d.losses) if what == "better" else (d.losses, d.wins)
    if for_it > against_it:
        head = f"{a} is {what} than {b} on {for_it} of {prompts} prompts"
    else:
        head = f"{a} is {what} than {b} on average, though it wins {d.wins} and loses"
        head = f"{head} {d.losses} of {prompts} prompts"
    return f"{_capital(head)}; {means}, {_gap(d)}"


def _unclear(d: Difference, metric: str, means: str) -> str:
    prompts = d.wins + d.ties + d.losses
    head = f"Too few prompts to tell whether {named(d.a)} is better than {named(d.b)}"
    if prompts == 0:
        return f"{head}: none could be scored by {_title(metric)}"
    if prompts < MIN_PROMPTS:
        plural = "prompt" if prompts == 1 else "prompts"
        return f"{head}: {prompts} {plural}, at least {MIN_PROMPTS} are needed; {means}"
    return f"{head}: they score the same on {d.ties} of {prompts}; {means}"


def _aside(d: Difference) -> str:
    a, what = named(d.a), outcome(d)
    if what == "same":
        return f"no difference to be seen for {a} ({number(d.a_mean)}, {_gap(d)})"
    if what == "unclear":
        return f"too few prompts to tell for {a} ({number(d.a_mean)})"
    head = f"{a} is {what}" + (" too" if what == "better" else "")
    return f"{head} ({number(d.a_mean)}, {_gap(d)})"


def _gap(d: Difference) -> str:
    """Digits enough that an interval that leaves 0 out does not read as if it touched it."""
    values = [v for v in (d.delta, d.low, d.high) if v is not None]
    apart = outcome(d) in ("better", "worse")
    digits = 2
    while apart and digits < 4 and any(round(v, digits) == 0 for v in values):
        digits += 1
    delta, low, high = (number(v, digits) for v in (d.delta, d.low, d.high))
    return f"difference {delta} ({low} to {high})"


def _alone(variant: str, metric: str, mean: Interval) -> str:
    text = f"Only {named(variant)} was scored: {_title(metric)} {number(mean.mean)}"
    if mean.low is not None:
        text += f" ({number(mean.low)} to {number(mean.high)})"
    return f"{text} on {mean.count} prompts; a second variant is needed to tell whether it helped."


def _title(metric: str) -> str:
    return find_metric(metric).title


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
