"""From completions to a result: scores, means, differences and the sentence; pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from jobs.evaluation import statistics
from jobs.evaluation.metrics import Metric, metrics
from jobs.evaluation.notes import notes
from jobs.evaluation.verdict import led_by, opponent, sentence, verdict_metric
from jobs.types import (
    ComparedExample,
    ComparisonResult,
    Completion,
    Difference,
    Example,
    Score,
)


def compare(
    examples: Sequence[Example],
    rendered: Sequence[str],
    completions: Mapping[str, Mapping[int, Completion]],
    variants: Sequence[str],
    settings: Mapping[str, Any],
    data: str,
    split: str,
    seed: int = 0,
) -> ComparisonResult:
    """Score every variant's completion of every example and hold the variants against each other.

    `rendered[i]` is the text that the model read for `examples[i]`; `completions[variant][i]` is
    the answer to it, one for each. The same input gives the same result, in whatever order the
    completions came. A missing completion is a `KeyError`: a comparison is whole or it is none.
    """
    chosen = verdict_metric(example.references for example in examples)
    known = metrics()
    compared = tuple(
        _example(index, example, text, {v: completions[v][index] for v in variants}, known)
        for index, (example, text) in enumerate(zip(examples, rendered, strict=True))
    )
    scores = _columns(compared, variants, known)
    summary = {
        v: {m.name: statistics.interval(scores[v][m.name], seed, bounded=m.judges) for m in known}
        for v in variants
    }
    differences = _differences(scores, variants, known, seed)
    return ComparisonResult(
        data=data,
        split=split,
        variants=tuple(variants),
        settings=dict(settings),
        metric=chosen,
        examples=compared,
        summary=summary,
        differences=differences,
        hit_limit={v: _share([e.completions[v].hit_limit for e in compared]) for v in variants},
        verdict=sentence(variants, chosen, summary, differences),
        outcome=led_by(variants, chosen, differences) or "plain",
        notes=notes(compared, variants, chosen, settings),
    )


def _example(
    index: int,
    example: Example,
    rendered: str,
    completions: Mapping[str, Completion],
    known: Sequence[Metric],
) -> ComparedExample:
    scores: dict[str, dict[str, Score]] = {
        variant: {m.name: m.score(completion.text, example.references) for m in known}
        for variant, completion in completions.items()
    }
    return ComparedExample(
        index=index,
        prompt=example.prompt,
        rendered_prompt=rendered,
        references=example.references,
        completions=completions,
        scores=scores,
    )


def _columns(
    compared: Sequence[ComparedExample], variants: Sequence[str], known: Sequence[Metric]
) -> dict[str, dict[str, list[float | None]]]:
    """Variant -> metric -> value a prompt, in the order of the prompts."""
    return {
        variant: {m.name: [e.scores[variant][m.name].value for e in compared] for m in known}
        for variant in variants
    }


def _differences(
    scores: Mapping[str, Mapping[str, Sequence[float | None]]],
    variants: Sequence[str],
    known: Sequence[Metric],
    seed: int,
) -> tuple[Difference, ...]:
    """Every pair of variants by every metric that judges; what is held against comes as `b`."""
    first = opponent(variants)
    order = [first, *(variant for variant in variants if variant != first)]
    return tuple(
        statistics.difference(
            scores[a][m.name], scores[b][m.name], a=a, b=b, metric=m.name, seed=seed
        )
        for b, a in combinations(order, 2)
        for m in known
        if m.judges
    )


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0
