"""The doctor's checks: one module each, whose `start` gives an examiner that is fed batch by batch.

To add a check, add a module; `HARM` (higher is worse) puts its finding in order. A file may be
larger than the memory: an examiner keeps counts, digests and a few row numbers, never the rows.
Where a finding can be mended with one press, the module has `MENDS`, by the code of the finding.
What needs the whole stored dataset at hand stands in `jobs/data/studies/`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from jobs.data.batch import Batch
from jobs.data.mends import Mend
from jobs.types import Finding

MOST_ROWS = 20  # that one finding lists


@dataclass(frozen=True)
class Whole:
    """What is known once every row was seen."""

    # Prompts in the test split, None before there is a split; may have to be waited for.
    tested: Callable[[], int | None] = lambda: None
    # Of each usable row that was fed, those of a test file aside: whether it is learnt from. None
    # where all of them may be; may have to be waited for.
    learnt: Callable[[], np.ndarray | None] = lambda: None


class Examiner(Protocol):
    """One check at work on one file."""

    def feed(self, batch: Batch, *, test: bool) -> None:
        """Look at some more rows; those of the user's own test file (`test`) come first."""

    def finish(self, whole: Whole) -> Iterable[Finding]:
        """The findings, none where all is well."""


class Check(Protocol):
    """A module in this folder."""

    HARM: int

    def start(self) -> Examiner:
        """A new examiner."""


def checks() -> tuple[Check, ...]:
    """Every check, the gravest first."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    found: list[Check] = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(sorted(found, key=lambda check: -check.HARM))


def mends_of(module: object) -> Mapping[str, Mend]:
    """What a check or a study can mend, by the code of its finding."""
    return getattr(module, "MENDS", {})


class Tally:
    """Counts rows and remembers the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.rows: tuple[int, ...] = ()

    def add(self, rows: np.ndarray | Sequence[int]) -> None:
        """More row numbers; of all that come the lowest are remembered."""
        self.count += len(rows)
        if len(rows):
            some = np.asarray(rows, np.int64)
            if len(self.rows) == MOST_ROWS and some.min() > self.rows[-1]:
                return
            if len(some) > MOST_ROWS:
                some = np.partition(some, MOST_ROWS)[:MOST_ROWS]
            self.rows = lowest([*self.rows, *some.tolist()])

    def where(self, batch: Batch, mask: np.ndarray) -> None:
        """The rows of a batch where `mask` is true."""
        self.add(batch.rows[mask])


def lowest(rows: Iterable[int]) -> tuple[int, ...]:
    """The rows that a finding lists."""
    return tuple(sorted(rows)[:MOST_ROWS])
