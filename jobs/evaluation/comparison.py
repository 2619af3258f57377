"""From completions to a result: scores, means, differences and the sentence; pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from jobs.evaluation import statistics
from jobs.evaluation.columns import Columns, fitted
from jobs.evaluation.faults import counted, warnings
from jobs.evaluation.metrics import Metric, measures
from jobs.evaluation.metrics import metric as find_metric
from jobs.evaluation.notes import notes
from jobs.evaluation.outcomes import Outcome, opponents, verdict_metric
from jobs.evaluation.spoken import spoken
from jobs.evaluation.verdict import led_by
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
    bases: Mapping[str, str] | None = None,
    learnt: Sequence[str] = (),
) -> ComparisonResult:
    """Score every variant's completion of every example and hold the variants against each other.

    `rendered[i]` is the text that the model read for `examples[i]`; `completions[variant][i]` is
    the answer to it, one for each. The same input gives the same result, in whatever order the
    completions came. A missing completion is a `KeyError`: a comparison is whole or it is none.
    `bases` names the base model under each variant, where there are several; `learnt` the runs that
    these very examples were learnt by, which takes no side then: what is remembered is no help.
    """
    chosen = verdict_metric(example.references for example in examples)
    known = fitted(example.references for example in examples)
    against = opponents(variants, bases)
    compared = tuple(
        _example(index, example, text, {v: completions[v][index] for v in variants}, known, against)
        for index, (example, text) in enumerate(zip(examples, rendered, strict=True))
    )
    columns = Columns(compared, variants, known, seed)
    summary = {
        v: {one.name: columns.interval(v, one) for one in (*known, *measures())} for v in variants
    }
    differences = _differences(columns, variants, known, against)
    faults = counted(compared, variants)
    warned = warnings(faults, len(compared), variants, bases)
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
        verdict=spoken(variants, chosen, summary, differences, bases, warned, learnt),
        outcome=_outcome(led_by(variants, chosen, differences, bases), learnt),
        notes=notes(compared, variants, chosen, settings, summary),
        parts={v: columns.parts(v) for v in variants},
        faults=faults,
    )


def _outcome(led: Outcome | None, learnt: Sequence[str]) -> str:
    """What the verdict says in a word."""
    return "unclear" if learnt else led or "plain"


def _example(
    index: int,
    example: Example,
    rendered: str,
    completions: Mapping[str, Completion],
    known: Sequence[Metric],
    against: Mapping[str, str],
) -> ComparedExample:
    scores: dict[str, dict[str, Score]] = {
        variant: {
            **{m.name: m.score(completion.text, example.references) for m in known},
            **{m.name: m.measure(completion) for m in measures()},
        }
        for variant, completion in completions.items()
    }
    return ComparedExample(
        index=index,
        prompt=example.prompt,
        rendered_prompt=rendered,
        references=example.references,
        completions=completions,
        scores=scores,
        alike={
            a: _alike(completions[a].text, completions[b].text)
            for a, b in against.items()
            if a != b
        },
    )


def _alike(one: str, other: str) -> float:
    """ROUGE-L of one answer with another one as its reference; by equality where it has none."""
    value = find_metric("rougeL").score(one, (other,)).value
    return float(one.strip() == other.strip()) if value is None else value


def _differences(
    columns: Columns,
    variants: Sequence[str],
    known: Sequence[Metric],
    against: Mapping[str, str],
) -> tuple[Difference, ...]:
    """Every pair of variants by every metric that judges; what is held against comes as `b`."""
    order = sorted(variants, key=lambda v: (against[v] != v, variants.index(v)))
    judging = [m for m in known if m.judges]
    found = [columns.difference(a, b, m) for b, a in combinations(order, 2) for m in judging]
    return tuple(corrected(found, against))


def corrected(differences: Sequence[Difference], against: Mapping[str, str]) -> list[Difference]:
    """With the p of Holm where several variants are held against their bases by one metric."""
    found = list(differences)
    for metric in {d.metric for d in differences}:
        places = [
            place
            for place, d in enumerate(differences)
            if d.metric == metric and against[d.a] == d.b and d.p is not None
        ]
        if len(places) > 1:
            among = statistics.holm([differences[place].p or 0.0 for place in places])
            for place, p in zip(places, among, strict=True):
                found[place] = replace(found[place], holm=p)
    return found


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0
