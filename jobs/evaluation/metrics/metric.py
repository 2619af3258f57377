"""What a metric is: of a text against its references, of a whole test set, or of the answering."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from jobs.types import Completion, Score

Statistics = tuple[int, ...]
"""Counts of one row; those of a whole test set are their sums."""


class Described(Protocol):
    """What everything that is shown as a column of scores says of itself."""

    @property
    def name(self) -> str:
        """The key in results: rouge1, exact_match, ..."""

    @property
    def title(self) -> str:
        """As the page writes it: ROUGE-1, Exact match, ..."""

    @property
    def what(self) -> str:
        """One line for somebody who has never heard of it."""

    @property
    def order(self) -> int:
        """Place in tables; small comes first."""

    @property
    def judges(self) -> bool:
        """Whether more is better, from 0 to 1: only then are variants held against each other."""


class Metric(Described, Protocol):
    """Scores one completion against its references; has no state and needs no network."""

    def score(self, completion: str, references: Sequence[str]) -> Score:
        """Value against the best of the references; unscored (None) carries its reason."""


@runtime_checkable
class CorpusMetric(Metric, Protocol):
    """A metric that belongs to a whole test set: the mean of its rows is not its value."""

    def fitted(self, references: Iterable[Sequence[str]]) -> Self:
        """The same metric with what it must know of all references, such as their script."""

    def statistics(self, completion: str, references: Sequence[str]) -> Statistics | None:
        """The counts of one row; None where `of` has no score for it."""

    def of(self, statistics: Statistics | None) -> Score:
        """The score of a single row by its counts; `score` is this after `statistics`."""

    def whole(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of test sets x counts, from 0 to 1; NaN where there is none."""


class Measure(Described, Protocol):
    """Something told of an answer beside its nearness to a reference; never judges."""

    def measure(self, completion: Completion) -> Score:
        """The value of one completion; unscored (None) carries its reason."""
