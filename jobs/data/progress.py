"""How far an import is, or a change of a dataset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """A moment of such work."""

    phase: str  # "Reading the rows"
    share: float  # of all the work, from 0 to 1
    rows: int  # that were read so far


OnProgress = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Tell nobody."""
