"""What must be known beside the sentence: limits that were hit, empty answers, missing scores."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jobs.evaluation.metrics.repetition import repeated
from jobs.evaluation.verdict import named, score_word
from jobs.types import ComparedExample, ComparisonResult, Interval

REPEATING = 0.15  # more repetition than the references have; above it the page says so
SAME_SHARE = 0.5  # of a variant's answers that are one and the same, and as much beyond references
FEW = 10  # prompts of which nothing is said by what is the same
QUOTED = 60  # characters of an answer
EASY = (
    "A base that says the same to most prompts is easy to beat: compare with the base with 3 "
    "examples in its prompt, too."
)
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
        found += _limit(compared, variant, _most_tokens(settings, variant))
        found += _empty(compared, variant)
        found += _one_answer(compared, variant)
        found += _repeating(compared, variant, summary[variant])
    found += _unscored(compared, variants, metric)
    return (*found, *_precision(settings.get("dtype")))


def _most_tokens(settings: Mapping[str, Any], variant: str) -> Any:
    """How long an answer may be; with several base models each has a limit of its own."""
    model = settings.get("models", {}).get(variant)
    return settings.get("max_new_tokens_of", {}).get(model, settings.get("max_new_tokens"))


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


def _one_answer(compared: Sequence[ComparedExample], variant: str) -> list[str]:
    """Who says the same whatever is asked has not understood the task."""
    text, times = _same(compared, variant)
    if not times:
        return []
    quoted = " ".join(text.split())
    quoted = quoted if len(quoted) <= QUOTED else f"{quoted[:QUOTED].rstrip()}…"
    told = f"{_start(variant)} gave one and the same answer to {times} of {len(compared)} prompts"
    return [f"{told}: “{quoted}”."]


def _same(compared: Sequence[ComparedExample], variant: str) -> tuple[str, int]:
    """The answer that a variant gives to most prompts, and to how many; to none where it does not,
    or where most references are the same as well."""
    text, said = Counter(e.completions[variant].text.strip() for e in compared).most_common(1)[0]
    _, wanted = Counter(e.references[0].strip() for e in compared).most_common(1)[0]
    many = len(compared) >= FEW and said - wanted >= SAME_SHARE * len(compared)
    return (text, said) if text and many else ("", 0)


def advice(result: ComparisonResult) -> tuple[str, ...]:
    """A harder test, where a base gives one answer to most prompts: it was never told what to do,
    and whoever was is better."""
    kinds = {variant: variant.partition(":")[0] for variant in result.variants}
    if any(kind.startswith("base+") for kind in kinds.values()):
        return ()
    plain = (v for v, kind in kinds.items() if kind in ("base", "base@4bit"))
    return (EASY,) if any(_same(result.examples, v)[1] for v in plain) else ()


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
