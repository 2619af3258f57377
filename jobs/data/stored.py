"""The rows of a dataset on the disk, batch by batch and by their position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jobs.data.batch import Batch
from jobs.data.storage import as_examples, count_examples, opened, read_columns
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
