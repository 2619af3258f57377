"""What lies between two versions of a dataset: found by digests, and only then looked at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from jobs.data.batch import ROWS, Batch
from jobs.data.digests import GOLDEN, digests, mixed
from jobs.data.splits import SPLITS
from jobs.data.stored import StoredRows
from jobs.types import ChangedRow, Example, Split


def differences(before: Path, after: Path) -> Iterator[ChangedRow]:
    """The rows that differ, in the order of the file; in memory are two numbers a row."""
    for split in SPLITS:
        one, other = (_Side(StoredRows(folder), split) for folder in (before, after))
        wanted = np.union1d(one.beside(other), other.beside(one))
        yield from _between(split, one.those(wanted), other.those(wanted))


class _Side:
    """One split of a version: the number and a digest of each row."""

    def __init__(self, stored: StoredRows, split: Split) -> None:
        self._stored, self._split = stored, split
        parts = [(batch.rows, row_digests(batch)) for batch in stored.batches(split)]
        numbers, found = zip(*parts, strict=True) if parts else ((), ())
        self.numbers = np.concatenate([np.zeros(0, np.int64), *numbers])
        self.digests = np.concatenate([np.zeros(0, np.uint64), *found])

    def beside(self, other: _Side) -> np.ndarray:
        """Numbers of the rows that the other has not."""
        return self.numbers[~np.isin(self.digests, other.digests)]

    def those(self, wanted: np.ndarray) -> Iterator[tuple[int, list[Example]]]:
        """The rows of these numbers, number by number."""
        places = np.flatnonzero(np.isin(self.numbers, wanted))
        rows = (
            row
            for begin in range(0, len(places), ROWS)
            for row in self._stored.rows(self._split, places[begin : begin + ROWS].tolist())
        )
        return ((number, list(group)) for number, group in groupby(rows, key=lambda row: row.row))


def row_digests(batch: Batch) -> np.ndarray:
    """A uint64 a row: equal where number, prompt and all references are, letter by letter."""
    offsets = np.asarray(batch.references.offsets)
    counts = np.diff(offsets).astype(np.uint64)
    values = digests(batch.references.values[offsets[0] : offsets[-1]])
    first = np.repeat(offsets[:-1], np.diff(offsets)) - offsets[0]
    place = (np.arange(len(values)) - first).astype(np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed(values + place * GOLDEN))])
    said = np.diff(sums[offsets - offsets[0]]) + counts
    number = mixed(batch.rows.astype(np.uint64))
    return mixed(mixed(digests(batch.prompts) + GOLDEN) ^ mixed(said) * GOLDEN ^ number)


def _between(
    split: Split,
    before: Iterator[tuple[int, list[Example]]],
    after: Iterator[tuple[int, list[Example]]],
) -> Iterator[ChangedRow]:
    """Rows of both sides come in the order of their numbers; those of one number are paired."""
    old, new = next(before, None), next(after, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old[0] < new[0]):
            assert old is not None
            yield from (ChangedRow(split, row, None) for row in old[1])
            old = next(before, None)
        elif old is None or new[0] < old[0]:
            yield from (ChangedRow(split, None, row) for row in new[1])
            new = next(after, None)
        else:
            gone = [row for row in old[1] if row not in new[1]]
            come = [row for row in new[1] if row not in old[1]]
            for index in range(max(len(gone), len(come))):
                yield ChangedRow(
                    split,
                    gone[index] if index < len(gone) else None,
                    come[index] if index < len(come) else None,
                )
            old, new = next(before, None), next(after, None)
