"""The rows of a dataset on the disk, batch by batch and by their position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import overload

from jobs.data.batch import Batch
from jobs.data.storage import (
    as_examples,
    count_examples,
    opened,
    read_columns,
    read_examples,
)
from jobs.types import Example, Split

ROWS = 32_768  # in one batch at most: large enough that the work on it is not mostly the beginning


@dataclass(frozen=True)
class StoredRows:
    """A dataset's folder as checks, studies and mends see it; nothing is held in memory."""

    folder: Path

    def count(self, split: Split) -> int:
        """How many rows a split has, from the file's own index."""
        return count_examples(self.folder)[split]

    def batches(self, split: Split) -> Iterator[Batch]:
        """All rows of a split, in the order of their file."""
        with opened(self.folder, whole=True) as file:
            for group, _ in file.groups_of(split):
                for rows in file.read([group]).to_batches(max_chunksize=ROWS):
                    prompts, references, numbers = rows.columns
                    yield Batch(prompts, references, numbers.to_numpy())

    def rows(self, split: Split, positions: Sequence[int]) -> list[Example]:
        """The rows at these positions (0-based, ascending) of a split."""
        found: list[Example] = []
        for block, members in groupby(positions, key=lambda position: position // ROWS):
            page = read_columns(self.folder, split, block * ROWS, ROWS)
            found += as_examples(page.take([position - block * ROWS for position in members]))
        return found


class StoredSplit(Sequence[Example]):
    """The examples of a split, read when they are wanted; a walk through them holds a batch."""

    def __init__(self, folder: Path, split: Split) -> None:
        self._stored, self._split = StoredRows(folder), split
        self._count = self._stored.count(split)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Example]:
        for batch in self._stored.batches(self._split):
            yield from batch.examples

    @overload
    def __getitem__(self, place: int) -> Example: ...

    @overload
    def __getitem__(self, place: slice) -> list[Example]: ...

    def __getitem__(self, place: int | slice) -> Example | list[Example]:
        places = range(self._count)[place]
        if isinstance(places, int):
            return self._stored.rows(self._split, [places])[0]
        if len(places) and places.step == 1:
            return read_examples(self._stored.folder, self._split, places.start, len(places))
        return [self[each] for each in places]
