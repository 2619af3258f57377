"""Scores by variant and metric, with what a metric of whole test sets needs beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from jobs.evaluation import corpus, statistics
from jobs.evaluation.metrics import CorpusMetric, Described, Metric, metrics
from jobs.types import ComparedExample, Difference, Interval


def fitted(references: Iterable[Sequence[str]]) -> tuple[Metric, ...]:
    """Every metric; those of whole test sets know all references."""
    every = list(references)
    return tuple(m.fitted(every) if isinstance(m, CorpusMetric) else m for m in metrics())


class Columns:
    """One column a variant and metric, in the order of the prompts."""

    def __init__(
        self,
        compared: Sequence[ComparedExample],
        variants: Sequence[str],
        known: Sequence[Metric],
        seed: int,
    ) -> None:
        self._compared = compared
        self._seed = seed
        self._counts = {
            (variant, m.name): [
                m.statistics(e.completions[variant].text, e.references) for e in compared
            ]
            for m in known
            if isinstance(m, CorpusMetric)
            for variant in variants
        }

    def interval(self, variant: str, metric: Described) -> Interval:
        """The mean of the column, or the value of the whole of it."""
        if isinstance(metric, CorpusMetric):
            return corpus.interval(metric, self._counts[variant, metric.name], self._seed)
        values = self._values(variant, metric.name)
        bounded = metric.judges or set(values) <= {0.0, 1.0, None}
        return statistics.interval(values, self._seed, bounded=bounded)

    def difference(self, a: str, b: str, metric: Metric) -> Difference:
        """`a` minus `b`."""
        told = statistics.difference(
            self._values(a, metric.name),
            self._values(b, metric.name),
            a=a,
            b=b,
            metric=metric.name,
            seed=self._seed,
        )
        if not isinstance(metric, CorpusMetric):
            return told
        left, right = self._counts[a, metric.name], self._counts[b, metric.name]
        return corpus.difference(metric, told, left, right, self._seed)

    def parts(self, variant: str) -> dict[str, dict[str, float]]:
        """Mean precision and recall of every metric that has them."""
        sums: dict[str, dict[str, list[float]]] = {}
        for example in self._compared:
            for name, score in example.scores[variant].items():
                for part, value in score.parts.items():
                    sums.setdefault(name, {}).setdefault(part, []).append(value)
        return {
            name: {part: math.fsum(values) / len(values) for part, values in parts.items()}
            for name, parts in sums.items()
        }

    def _values(self, variant: str, metric: str) -> list[float | None]:
        return [e.scores[variant][metric].value for e in self._compared]
