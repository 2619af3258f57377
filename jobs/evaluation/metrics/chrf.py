"""chrF: how many runs of one to six letters the answers share with their references.

It needs no words, so it serves every script. Numbers are those of sacrebleu's chrF2 (Popović 2015:
F with recall twice as heavy, spaces left out), divided by 100. Like BLEU it belongs to a whole
test set: counts are summed over rows, each with the reference that suits it best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from jobs.evaluation.metrics.metric import Statistics
from jobs.types import Score

ORDER = 6
BETA = 2


@dataclass(frozen=True)
class Chrf:
    """Statistics of a row: for each length of run those in the answer, in the reference, in both;
    none are counted in the answer where the reference is too short to have any."""

    name: str = "chrf"
    title: str = "chrF"
    what: str = "How many runs of one to six letters they share; fair to every script."
    order: int = 36
    judges: bool = True

    def fitted(self, references: Iterable[Sequence[str]]) -> Self:
        """There is nothing that it must know."""
        return self

    def score(self, completion: str, references: Sequence[str]) -> Score:
        return self.of(self.statistics(completion, references))

    def statistics(self, completion: str, references: Sequence[str]) -> Statistics | None:
        """Of the best reference, the first one where several are as good."""
        wanted = [_runs(reference) for reference in references]
        if not any(runs[0] for runs in wanted):
            return None
        written = _runs(completion)
        rows = [_counts(written, runs) for runs in wanted]
        values = _chrf(np.array(rows, dtype=np.float64))
        return rows[int(np.argmax(values))]

    def of(self, statistics: Statistics | None) -> Score:
        if statistics is None:
            return Score(None, "every reference is empty")
        return Score(float(_chrf(np.array([statistics], dtype=np.float64))[0]))

    def whole(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return _chrf(sums)


def _runs(text: str) -> list[Counter[str]]:
    letters = "".join(text.split())
    return [
        Counter(letters[start : start + length] for start in range(len(letters) - length + 1))
        for length in range(1, ORDER + 1)
    ]


def _counts(written: list[Counter[str]], wanted: list[Counter[str]]) -> Statistics:
    counts: list[int] = []
    for left, right in zip(written, wanted, strict=True):
        common = sum(min(count, right[run]) for run, count in left.items() if run in right)
        counts += [left.total() if right else 0, right.total(), common]
    return tuple(counts)


def _chrf(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """F of the mean precision and the mean recall over the lengths that both sides have."""
    written, wanted, common = rows[:, 0::3], rows[:, 1::3], rows[:, 2::3]
    both = (written > 0) & (wanted > 0)
    orders = np.maximum(both.sum(axis=1), 1)
    precision = (np.where(both, common, 0) / np.where(both, written, 1)).sum(axis=1) / orders
    recall = (np.where(both, common, 0) / np.where(both, wanted, 1)).sum(axis=1) / orders
    weight = BETA**2
    bottom = weight * precision + recall
    return np.where(bottom > 0, (1 + weight) * precision * recall / np.maximum(bottom, 1e-300), 0.0)


METRICS = (Chrf(),)
