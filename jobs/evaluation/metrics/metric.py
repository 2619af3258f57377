"""What a metric is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from jobs.types import Score


class Metric(Protocol):
    """Scores one completion against its references; has no state and needs no network."""

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

    def score(self, completion: str, references: Sequence[str]) -> Score:
        """Value against the best of the references; unscored (None) carries its reason."""
