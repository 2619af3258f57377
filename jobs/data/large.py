"""A large dataset on the disk: one Arrow file, as it was staged, and an index beside it.

What was written while the rows were read stays where it is: a training row is not written twice.
The index says of each batch of the file to which split it belongs, and which of its rows count.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from jobs.data.fingerprint import Digested, Fingerprint
from jobs.data.splits import SPLITS
from jobs.data.staging import SCHEMA, Staging
from jobs.errors import DataError
from jobs.types import Split

ROWS = "rows.arrow"
INDEX = "rows.npz"


class LargeWriter:
    """Writes rows split by split, or several splits in turn; `close` makes the dataset whole.

    Over `staged` rows it goes on in their own file, and `keep` says which of them are of training.
    """

    def __init__(self, folder: Path, staged: Staging | None = None) -> None:
        self.folder = folder
        self.fingerprint = Fingerprint()
        self.counts: dict[Split, int] = dict.fromkeys(SPLITS, 0)
        self._kept: list[np.ndarray] = []  # of training
        self._added: list[tuple[Split, int]] = []
        self._staged = staged or Staging(folder / ROWS, 0)
        self._syncing = ThreadPoolExecutor(1)
        # Most of the file: the end waits for the rest alone.
        self._synced = self._syncing.submit(_sync, staged.path) if staged else None

    def add(self, side: Split, rows: pa.RecordBatch, digested: Digested | None = None) -> None:
        """Rows of one split, with the columns prompt, references and row; `digested` if known."""
        if rows.num_rows:
            self.fingerprint.feed(side, digested or Digested.of(rows.column(0), rows.column(1)))
            self.counts[side] += rows.num_rows
            self._added.append((side, rows.num_rows))
            self._staged.write(pa.RecordBatch.from_arrays(rows.columns, schema=SCHEMA))

    def is_over(self, staged: Staging) -> bool:
        """Whether it goes on in the file of these rows."""
        return staged is self._staged

    def keep(self, mask: np.ndarray, rows: Digested) -> None:
        """Leave the rows of a staged batch where the mask is true, `rows`, in training.

        Batches come in their order; no training rows are added beside them.
        """
        self.fingerprint.feed("train", rows)
        self.counts["train"] += len(rows.prompts)
        self._kept.append(mask)

    def close(self) -> None:
        """Write the index, and see that all of it is on the disk."""
        self._syncing.shutdown()
        if self._synced:
            self._synced.result()
        self._staged.close()
        if self._staged.path != self.folder / ROWS:
            os.rename(self._staged.path, self.folder / ROWS)
        masks = self._kept
        sides = ["train"] * len(masks) + [side for side, _ in self._added]
        added = [count for _, count in self._added]
        np.savez(
            self.folder / INDEX,
            sides=np.array([SPLITS.index(side) for side in sides], np.int8),
            counts=np.array([int(mask.sum()) for mask in masks] + added, np.int64),
            lengths=np.array([*map(len, masks), *added], np.int64),
            kept=np.packbits(np.concatenate([np.zeros(0, bool), *masks])),
        )
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
        """Number and rows of each batch of a split."""
        index = self._index
        chosen = np.flatnonzero((index["sides"] == SPLITS.index(split)) & (index["counts"] > 0))
        return list(zip(chosen.tolist(), index["counts"][chosen].tolist(), strict=True))

    def read(self, groups: Sequence[int], columns: Sequence[str] = SCHEMA.names) -> pa.Table:
        """The rows of these batches, one after the other, as they lie on the disk."""
        return pa.Table.from_batches([self._batch(group, columns) for group in groups])

    @cached_property
    def _index(self) -> dict[str, np.ndarray]:
        with _readable(), np.load(self.folder / INDEX) as found:
            return {name: found[name] for name in ("sides", "counts", "lengths", "kept")}

    @cached_property
    def _file(self) -> pa.NativeFile:
        path = str(self.folder / ROWS)
        with _readable():
            return pa.OSFile(path, "rb") if self.whole else pa.memory_map(path)

    @cached_property
    def _reader(self) -> pa.RecordBatchFileReader:
        with _readable():
            return pa.ipc.open_file(self._file)

    def _batch(self, group: int, columns: Sequence[str]) -> pa.RecordBatch:
        index = self._index
        count, length = int(index["counts"][group]), int(index["lengths"][group])
        with _readable():
            batch = self._reader.get_batch(group).select(list(columns))
        if count == length:
            return batch
        begin = int(index["lengths"][:group].sum())
        bits = np.unpackbits(index["kept"][begin // 8 : (begin + length) // 8 + 1])
        mask = bits[begin % 8 : begin % 8 + length].astype(bool)
        return batch.take(pa.array(np.flatnonzero(mask)))


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
