"""What must be known beside the sentence: limits that were hit, empty answers, missing scores."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jobs.evaluation.metrics.repetition import repeated
from jobs.evaluation.verdict import named, score_word
from jobs.types import ComparedExample, Interval

REPEATING = 0.15  # more repetition than the references have; above it the page says so
SAME_SHARE = 0.5  # of a variant's answers that are one and the same, and as much beyond references
FEW = 10  # prompts of which nothing is said by what is the same
QUOTED = 60  # characters of an answer
LIMIT_SHARE = 0.10  # of a variant's answers that hit the limit; above it the page says so


def notes(
    compared: Sequence[ComparedExample],
    variants: Sequence[str],
    metric: str,
    settings: Mapping[str, Any],
    summary: Mapping[str, Mapping[str, Interval]],
) -> tuple[str, ...]:
    """Plain sentences, those that matter most first; the last one says the precision."""
    found: list[str] = []
    for variant in variants:
        found += _limit(compared, variant, settings.get("max_new_tokens"))
        found += _empty(compared, variant)
        found += _one_answer(compared, variant, variants)
        found += _repeating(compared, variant, summary[variant])
    found += _unscored(compared, variants, metric)
    return (*found, *_precision(settings.get("dtype")))


def _limit(compared: Sequence[ComparedExample], variant: str, limit: Any) -> list[str]:
    hits = sum(example.completions[variant].hit_limit for example in compared)
    if hits <= LIMIT_SHARE * len(compared):
        return []
    tokens = f" of {limit} tokens" if limit else ""
    return [
        f"{_start(variant)} ran into the limit{tokens} in {hits} of {len(compared)} answers,"
        " which are cut off there."
    ]


def _empty(compared: Sequence[ComparedExample], variant: str) -> list[str]:
    empty = sum(not example.completions[variant].text.strip() for example in compared)
    if not empty:
        return []
    return [f"{_start(variant)} answered nothing to {empty} of {len(compared)} prompts: score 0."]


def _one_answer(
    compared: Sequence[ComparedExample], variant: str, variants: Sequence[str]
) -> list[str]:
    """Who says the same whatever is asked has not understood the task. Of a base that means as well
    that it is easy to beat: it was never told what to do."""
    text, said = Counter(e.completions[variant].text.strip() for e in compared).most_common(1)[0]
    _, wanted = Counter(e.references[0].strip() for e in compared).most_common(1)[0]
    if len(compared) < FEW or not text or said - wanted < SAME_SHARE * len(compared):
        return []
    quoted = " ".join(text.split())
    quoted = quoted if len(quoted) <= QUOTED else f"{quoted[:QUOTED].rstrip()}…"
    told = f"{_start(variant)} gave one and the same answer to {said} of {len(compared)} prompts"
    told = f"{told}: “{quoted}”."
    plain = named(variant) in ("the base", "the 4-bit base")
    if not plain or any(v.startswith("base+") for v in variants):
        return [told]
    return [
        f"{told} That is easy to beat: compare with the base with 3 examples in its prompt, too."
    ]


def _repeating(
    compared: Sequence[ComparedExample], variant: str, means: Mapping[str, Interval]
) -> list[str]:
    """Saying everything twice finds more of the reference's words: recall goes up at no cost."""
    said = means["repetition"].mean
    wanted = [share for e in compared if (share := repeated(e.references[0])) is not None]
    usual = math.fsum(wanted) / len(wanted) if wanted else 0.0
    if said is None or said < usual + REPEATING:
        return []
    told = f"{_start(variant)} repeats itself: {said:.0%} of its word pairs were said before"
    return [
        f"{told}, {usual:.0%} in the references. That can raise recall, so look at precision and F."
    ]


def _unscored(
    compared: Sequence[ComparedExample], variants: Sequence[str], metric: str
) -> list[str]:
    missing = sum(any(e.scores[v][metric].value is None for v in variants) for e in compared)
    if not missing:
        return []
    plural = "prompt has" if missing == 1 else "prompts have"
    return [
        f"{missing} {plural} no {score_word(metric)} for some variant: there is no word to compare."
    ]


def _precision(precision: Any) -> list[str]:
    if not precision:
        return []
    text = f"The models computed in {precision}"
    if precision == "float32":
        return [f"{text}."]
    return [f"{text}: a few answers in a hundred may differ from those of another batch size."]


def _start(variant: str) -> str:
    text = named(variant)
    return text[:1].upper() + text[1:]
