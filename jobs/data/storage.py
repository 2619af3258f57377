"""A dataset on the disk: one Parquet file whose row groups each belong to one split.

What is larger than `LARGE` lies there as `large.py` writes it; both are read here.

Groups are small, and an index in the file says which split each holds, so that a page of a large
dataset is read without reading the rest.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.data.fingerprint import Digested, Fingerprint
from jobs.data.large import INDEX as LARGE_INDEX
from jobs.data.large import ROWS, LargeRows
from jobs.data.splits import SPLITS
from jobs.errors import DataError
from jobs.types import Example, Split

FILE = "rows.parquet"
FILES = (FILE, ROWS, LARGE_INDEX)  # in which rows may lie
SCHEMA = pa.schema(
    [
        ("prompt", pa.string()),
        ("references", pa.list_(pa.string())),
        ("split", pa.string()),
        ("row", pa.int64()),
    ]
)
COLUMNS = ("prompt", "references", "row")
GROUP_ROWS = 4096
GROUP_BYTES = 4 << 20  # of text; a group closes early where rows are long
LARGE = 1 << 26  # bytes; what is larger is not packed
INDEX = b"attune.groups"


class Writer:
    """Writes rows split by split, or several splits in turn; `close` makes the file whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fingerprint = Fingerprint()
        self.counts: dict[Split, int] = dict.fromkeys(SPLITS, 0)
        self._pending: dict[Split, list[pa.RecordBatch]] = {side: [] for side in SPLITS}
        self._rows = dict.fromkeys(SPLITS, 0)
        self._bytes = dict.fromkeys(SPLITS, 0)
        self._index: list[tuple[Split, int]] = []
        self._writer = pq.ParquetWriter(
            path,
            SCHEMA,
            compression="zstd",
            use_dictionary=False,  # texts hardly repeat
            write_statistics=["split"],
            store_schema=True,
        )

    def add(self, side: Split, rows: pa.RecordBatch, digested: Digested | None = None) -> None:
        """Rows of one split, with the columns prompt, references and row; `digested` if known."""
        if not rows.num_rows:
            return
        self.fingerprint.feed(side, digested or Digested.of(rows.column(0), rows.column(1)))
        self.counts[side] += rows.num_rows
        most = max(1, -(-rows.get_total_buffer_size() // GROUP_BYTES))
        step = max(1, min(GROUP_ROWS, -(-rows.num_rows // most)))
        for start in range(0, rows.num_rows, step):
            part = rows.slice(start, step)
            self._pending[side].append(part)
            self._rows[side] += part.num_rows
            self._bytes[side] += part.nbytes
            full = self._rows[side] >= GROUP_ROWS
            if full or self._bytes[side] >= GROUP_BYTES:
                self._flush(side)

    def close(self) -> None:
        """Write what is left, and see that all of it is on the disk."""
        for side in SPLITS:
            self._flush(side)
        index = json.dumps(self._index)
        self._writer.add_key_value_metadata({INDEX: index.encode()})
        self._writer.close()
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    def abandon(self) -> None:
        """Let go of the file, whatever was written."""
        self._writer.close()

    def _flush(self, side: Split) -> None:
        if not self._pending[side]:
            return
        table = pa.Table.from_batches(self._pending[side])
        count = table.num_rows
        prompts, references, row = table.columns
        name = pa.array([side]).take(pa.array([0] * count))
        whole = pa.Table.from_arrays([prompts, references, name, row], schema=SCHEMA)
        self._writer.write_table(whole, row_group_size=max(1, count))
        self._index.append((side, count))
        self._pending[side], self._rows[side], self._bytes[side] = [], 0, 0


def load_examples(folder: Path, split: Split) -> list[Example]:
    """All examples of a split, in the order of the file they came from."""
    return read_examples(folder, split, 0, None)


def read_examples(folder: Path, split: Split, offset: int, limit: int | None) -> list[Example]:
    """Up to `limit` examples of a split from `offset` on; reads only the groups they lie in."""
    return as_examples(read_columns(folder, split, offset, limit))


def read_columns(folder: Path, split: Split, offset: int, limit: int | None) -> pa.Table:
    """The same as columns."""
    with opened(folder) as file:
        chosen: list[int] = []
        skip = 0  # rows of the first chosen group that lie before the offset
        end = None if limit is None else offset + limit
        seen = 0
        for group, rows in file.groups_of(split):
            if seen + rows > offset and (end is None or seen < end):
                if not chosen:
                    skip = offset - seen
                chosen.append(group)
            seen += rows
        return file.read(chosen).slice(max(0, skip), limit) if chosen else SCHEMA.empty_table()


def row_numbers(folder: Path, split: Split) -> np.ndarray:
    """The number that each example of a split has in its file, as int64, in their order here."""
    with opened(folder) as file:
        groups = [group for group, _ in file.groups_of(split)]
        parts = [file.read([group], ["row"]).column(0).to_numpy() for group in groups]
        return np.concatenate([np.zeros(0, np.int64), *parts])


def count_examples(folder: Path) -> dict[Split, int]:
    """How many examples each split has, from the file's own index."""
    with opened(folder) as file:
        return {side: sum(rows for _, rows in file.groups_of(side)) for side in SPLITS}


def fingerprint(sides: Mapping[Split, Sequence[Example]]) -> str:
    """SHA-256 over every example and its split; equal data has an equal fingerprint anywhere."""
    digest = Fingerprint()
    for side in SPLITS:
        rows = as_rows(sides[side])
        digest.feed(side, Digested.of(rows.column(0), rows.column(1)))
    return digest.value()


class SmallRows:
    """The rows of a folder that a `Writer` made; leave it with `with`."""

    def __init__(self, folder: Path) -> None:
        try:
            self._file = pq.ParquetFile(folder / FILE)
        except (pa.ArrowException, OSError) as error:
            raise DataError(
                "The stored rows of this dataset cannot be read.",
                "Add the dataset again from its file.",
                detail=str(error),
            ) from None

    def __enter__(self) -> SmallRows:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def groups_of(self, split: Split) -> list[tuple[int, int]]:
        """Number and rows of each row group of a split."""
        metadata = self._file.metadata
        index = (metadata.metadata or {}).get(INDEX)
        if index is not None:
            return [
                (at, rows) for at, (side, rows) in enumerate(json.loads(index)) if side == split
            ]
        column = SCHEMA.get_field_index("split")  # written by a version that kept no index
        groups = ((at, metadata.row_group(at)) for at in range(metadata.num_row_groups))
        return [(a, g.num_rows) for a, g in groups if g.column(column).statistics.min == split]

    def read(self, groups: Sequence[int], columns: Sequence[str] = COLUMNS) -> pa.Table:
        """The rows of these groups, one after the other."""
        return self._file.read_row_groups(list(groups), columns=list(columns))


def opened(folder: Path, *, whole: bool = False) -> SmallRows | LargeRows:
    """The rows of a dataset, as they were written; `whole` says that all of them will be read."""
    return LargeRows(folder, whole) if is_large(folder) else SmallRows(folder)


def is_large(folder: Path) -> bool:
    """Whether a dataset is kept as a `LargeWriter` writes it."""
    return (folder / ROWS).exists()


def size(folder: Path) -> int:
    """Bytes of a dataset's rows on the disk."""
    return (folder / (ROWS if is_large(folder) else FILE)).stat().st_size


def as_rows(examples: Sequence[Example]) -> pa.RecordBatch:
    """Examples as columns, for a `Writer`."""
    columns = [
        pa.array([example.prompt for example in examples], pa.string()),
        pa.array([list(example.references) for example in examples], pa.list_(pa.string())),
        pa.array([example.row for example in examples], pa.int64()),
    ]
    return pa.RecordBatch.from_arrays(columns, ["prompt", "references", "row"])


def as_examples(table: pa.Table) -> list[Example]:
    """Columns as examples."""
    columns = (table.column(name).to_pylist() for name in ("prompt", "references", "row"))
    return [Example(p, tuple(refs), row) for p, refs, row in zip(*columns, strict=True)]


def copy_rows(parent: Path, folder: Path) -> None:
    """The same rows in a new folder, without taking room twice where the disk can share a file."""
    folder.mkdir(parents=True)
    for name in FILES:
        if not (parent / name).exists():
            continue
        try:
            os.link(parent / name, folder / name)
        except OSError:
            shutil.copyfile(parent / name, folder / name)
