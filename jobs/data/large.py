"""A large dataset on the disk: one Arrow file, as it was staged, and an index beside it.

What was written while the rows were read stays where it is: no row is written twice, but those
that get references of later ones. The index says of each split in which batches of the file its
rows are, which of their rows these are, and in the place of which others stand.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from jobs.data.fingerprint import Digested, Fingerprint
from jobs.data.index import Index, Part, index_of
from jobs.data.splits import SPLITS
from jobs.data.staging import SCHEMA, Staging
from jobs.errors import DataError
from jobs.types import Split

ROWS = "rows.arrow"
INDEX = "rows.npz"


class LargeWriter:
    """Writes rows split by split, or several splits in turn; `close` makes the dataset whole.

    Over `staged` rows it goes on in their own file, and `keep` says to which split each belongs.
    """

    def __init__(self, folder: Path, staged: Staging | None = None) -> None:
        self.folder = folder
        self.fingerprint = Fingerprint()
        self.counts: dict[Split, int] = dict.fromkeys(SPLITS, 0)
        self._parts: list[Part] = []
        self._staged = staged or Staging(folder / ROWS, 0)
        self._written = len(self._staged.digested)  # batches of the file
        self._syncing = ThreadPoolExecutor(1)
        # Most of the file: the end waits for the rest alone.
        self._synced = self._syncing.submit(_sync, staged.path) if staged else None

    def add(self, side: Split, rows: pa.RecordBatch, digested: Digested | None = None) -> None:
        """Rows of one split, with the columns prompt, references and row; `digested` if known."""
        if rows.num_rows:
            self.fingerprint.feed(side, digested or Digested.of(rows.column(0), rows.column(1)))
            self.counts[side] += rows.num_rows
            self._parts.append(Part(side, self.write(rows), np.ones(rows.num_rows, bool)))

    def is_over(self, staged: Staging) -> bool:
        """Whether it goes on in the file of these rows."""
        return staged is self._staged

    def keep(self, part: Part) -> None:
        """Leave some rows of a staged batch where they are, in a split.

        Parts come in the order of their rows, and whoever does this feeds the fingerprint.
        """
        if count := int(np.count_nonzero(part.mask)):
            self.counts[part.side] += count
            self._parts.append(part)

    def write(self, rows: pa.RecordBatch) -> int:
        """Write rows that a part has as others; the number of their batch."""
        self._staged.write(pa.RecordBatch.from_arrays(rows.columns, schema=SCHEMA))
        self._written += 1
        return self._written - 1

    def close(self) -> None:
        """Write the index, and see that all of it is on the disk."""
        self._syncing.shutdown()
        if self._synced:
            self._synced.result()
        self._staged.close()
        if self._staged.path != self.folder / ROWS:
            os.rename(self._staged.path, self.folder / ROWS)
        arrays: dict[str, Any] = index_of(self._parts)
        np.savez(self.folder / INDEX, **arrays)
        for name in (ROWS, INDEX):
            _sync(self.folder / name)

    def abandon(self) -> None:
        """Let go of the file, whatever was written."""
        self._syncing.shutdown()
        self._staged.abandon()


def _sync(path: Path) -> None:
    """See that what was written is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


@dataclass(frozen=True)
class LargeRows:
    """The rows of a folder that a `LargeWriter` made; leave it with `with`."""

    folder: Path
    whole: bool = False  # whether all of it will be read: a map would then count as memory of ours

    def __enter__(self) -> LargeRows:
        return self

    def __exit__(self, *exc: object) -> None:
        if "_file" in self.__dict__:
            self._file.close()

    def groups_of(self, split: Split) -> list[tuple[int, int]]:
        """Number and rows of each part of a split."""
        return self._index.of(split)

    def read(self, groups: Sequence[int], columns: Sequence[str] = SCHEMA.names) -> pa.Table:
        """The rows of these parts, one after the other, as they lie on the disk."""
        return pa.Table.from_batches([self._part(group, columns) for group in groups])

    @cached_property
    def _index(self) -> Index:
        with _readable(), np.load(self.folder / INDEX) as found:
            return Index.read(found)

    @cached_property
    def _file(self) -> pa.NativeFile:
        path = str(self.folder / ROWS)
        with _readable():
            return pa.OSFile(path, "rb") if self.whole else pa.memory_map(path)

    @cached_property
    def _reader(self) -> pa.RecordBatchFileReader:
        with _readable():
            return pa.ipc.open_file(self._file)

    def _part(self, group: int, columns: Sequence[str]) -> pa.RecordBatch:
        part = self._index.part(group)
        rows = self._batch(part.batch, columns)
        if not part.mask.all():
            rows = rows.take(pa.array(np.flatnonzero(part.mask)))
        if part.places is None:
            return rows
        others = self._batch(part.others, columns).slice(part.first, len(part.places))
        order = np.arange(rows.num_rows)
        order[part.places] = rows.num_rows + np.arange(len(part.places))
        both = pa.concat_batches([rows, others])
        return both.take(pa.array(order))

    def _batch(self, number: int, columns: Sequence[str]) -> pa.RecordBatch:
        with _readable():
            return self._reader.get_batch(number).select(list(columns))


class _readable:
    """Raise what a damaged file brings about as an error that says what to do."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(
            error, (pa.ArrowException, OSError, ValueError, KeyError, EOFError, BadZipFile)
        ):
            raise DataError(
                "The stored rows of this dataset cannot be read.",
                "Add the dataset again from its file.",
                detail=str(error),
            ) from None
