"""How sure the score of a whole test set is: BLEU and chrF, whose rows have no mean.

Prompts are resampled, their counts summed, and the metric computed of the sums; what each prompt
does to the value is seen by leaving it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from jobs.evaluation.metrics import CorpusMetric
from jobs.evaluation.metrics.metric import Statistics
from jobs.evaluation.resampling import Values, draws, resampled
from jobs.evaluation.statistics import detectable
from jobs.types import Difference, Interval

_DRAWS = 2_000_000  # numbers drawn an interval: 2,000 resamples from 1,000 prompts on

Rows = Sequence[Statistics | None]


def interval(metric: CorpusMetric, rows: Rows, seed: int = 0) -> Interval:
    """The value over all rows that have counts, with its 95% interval."""
    known = [row for row in rows if row is not None]
    counts = np.array(sorted(known), dtype=np.float64)
    value = _value(metric, counts)
    if value is None or len(known) < 2:
        return Interval(value, None, None, len(known))
    estimates = np.concatenate([metric.whole(sums) for sums in _sums(counts, seed)])
    low, high = _ends(estimates, value, _influence(metric, counts))
    return Interval(value, low, high, len(known))


def difference(metric: CorpusMetric, told: Difference, a: Rows, b: Rows, seed: int) -> Difference:
    """`told` has wins, ties and losses by rows; here it gets what the whole test set says."""
    both = sorted((x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None)
    empty = replace(told, delta=None, low=None, high=None, p=None, detectable=None)
    left = np.array([x for x, _ in both], dtype=np.float64)
    right = np.array([y for _, y in both], dtype=np.float64)
    a_value, b_value = _value(metric, left), _value(metric, right)
    empty = replace(empty, a_mean=a_value, b_mean=b_value)
    if a_value is None or b_value is None:
        return empty
    delta = a_value - b_value
    if len(both) < 2:
        return replace(empty, delta=delta)
    width = left.shape[1]
    estimates = np.concatenate(
        [
            metric.whole(sums[:, :width]) - metric.whole(sums[:, width:])
            for sums in _sums(np.hstack([left, right]), seed)
        ]
    )
    influence = _influence(metric, left) - _influence(metric, right)
    estimates = estimates[np.isfinite(estimates)]
    if len(estimates) < 2 or float(np.ptp(estimates)) == 0:
        return replace(
            empty, delta=delta, low=delta, high=delta, p=told.sign_test if delta else 1.0
        )
    found = resampled(estimates, delta, influence)
    low, high = found.ends()
    error = float(np.std(estimates))
    least = detectable(error, len(both))
    return replace(empty, delta=delta, low=low, high=high, p=found.p(), detectable=least)


def _value(metric: CorpusMetric, counts: Values) -> float | None:
    if len(counts) == 0:
        return None
    value = float(metric.whole(counts.sum(axis=0, keepdims=True))[0])
    return value if np.isfinite(value) else None


def _sums(counts: Values, seed: int) -> Iterator[NDArray[np.float64]]:
    """Summed counts of resampled rows: how often each row was drawn, times its counts."""
    rows = len(counts)
    for places in draws(rows, _DRAWS, seed):
        shifted = places + np.arange(len(places), dtype=np.int64)[:, None] * rows
        often = np.bincount(shifted.ravel(), minlength=len(places) * rows)
        yield often.reshape(len(places), rows) @ counts


def _influence(metric: CorpusMetric, counts: Values) -> Values:
    """What the value loses without each row, about its mean."""
    without = metric.whole(counts.sum(axis=0) - counts)
    without = np.where(np.isfinite(without), without, np.nanmean(without))
    return np.asarray(without.mean() - without)


def _ends(estimates: Values, value: float, influence: Values) -> tuple[float, float]:
    estimates = estimates[np.isfinite(estimates)]
    if len(estimates) < 2 or float(np.ptp(estimates)) == 0:
        return value, value
    return resampled(estimates, value, influence).ends()
