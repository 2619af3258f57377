"""A dataset on the disk: one Parquet file whose row groups each belong to one split.

Groups are small, and their statistics say which split they hold, so that a page of a large
dataset is read without reading the rest.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.errors import DataError
from jobs.types import Example, Split

FILE = "rows.parquet"
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
SCHEMA = pa.schema(
    [
        ("prompt", pa.string()),
        ("references", pa.list_(pa.string())),
        ("split", pa.string()),
        ("row", pa.int64()),
    ]
)
GROUP_ROWS = 4096
GROUP_CHARACTERS = 4 << 20  # a group closes early where rows are long


def write_examples(folder: Path, sides: Mapping[Split, Sequence[Example]]) -> None:
    """Write all splits into `folder`, and see that they are on the disk."""
    path = folder / FILE
    with pq.ParquetWriter(
        path, SCHEMA, compression="zstd", write_statistics=["split"], store_schema=True
    ) as writer:
        for side in SPLITS:
            for group in _groups(sides[side]):
                writer.write_table(_arrow(group, side), row_group_size=len(group))
    with path.open("rb") as file:
        os.fsync(file.fileno())


def load_examples(folder: Path, split: Split) -> list[Example]:
    """All examples of a split, in the order of the file they came from."""
    return read_examples(folder, split, 0, None)


def read_examples(folder: Path, split: Split, offset: int, limit: int | None) -> list[Example]:
    """Up to `limit` examples of a split from `offset` on; reads only the groups they lie in."""
    with _open(folder) as file:
        chosen: list[int] = []
        skip = 0  # rows of the first chosen group that lie before the offset
        end = None if limit is None else offset + limit
        seen = 0
        for group, rows in _groups_of(file, split):
            if seen + rows > offset and (end is None or seen < end):
                if not chosen:
                    skip = offset - seen
                chosen.append(group)
            seen += rows
        if not chosen:
            return []
        table = file.read_row_groups(chosen, columns=["prompt", "references", "row"])
    return _examples(table.slice(max(0, skip), limit))


def count_examples(folder: Path) -> dict[Split, int]:
    """How many examples each split has, from the file's own index."""
    with _open(folder) as file:
        return {side: sum(rows for _, rows in _groups_of(file, side)) for side in SPLITS}


def fingerprint(sides: Mapping[Split, Sequence[Example]]) -> str:
    """SHA-256 over every example and its split; equal data has an equal fingerprint anywhere."""
    digest = hashlib.sha256()
    for side in SPLITS:
        for example in sides[side]:
            parts = (side, example.prompt, *example.references)
            # with its length before each text, so that no two examples read alike
            digest.update("".join(f"{len(part)}:{part}" for part in parts).encode() + b"\n")
    return digest.hexdigest()


def _open(folder: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(folder / FILE)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            "The stored rows of this dataset cannot be read.",
            "Add the dataset again from its file.",
            detail=str(error),
        ) from None


def _groups_of(file: pq.ParquetFile, split: Split) -> Iterator[tuple[int, int]]:
    """Number and rows of each row group of a split."""
    column = SCHEMA.get_field_index("split")
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        if group.column(column).statistics.min == split:
            yield number, group.num_rows


def _groups(examples: Sequence[Example]) -> Iterator[Sequence[Example]]:
    start = size = 0
    for index, example in enumerate(examples):
        size += len(example.prompt) + sum(map(len, example.references))
        if index + 1 - start >= GROUP_ROWS or size >= GROUP_CHARACTERS:
            yield examples[start : index + 1]
            start, size = index + 1, 0
    if start < len(examples):
        yield examples[start:]


def _arrow(examples: Sequence[Example], split: Split) -> pa.Table:
    columns = [
        [example.prompt for example in examples],
        [list(example.references) for example in examples],
        [split] * len(examples),
        [example.row for example in examples],
    ]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _examples(table: pa.Table) -> list[Example]:
    columns = (table.column(name).to_pylist() for name in ("prompt", "references", "row"))
    return [Example(p, tuple(refs), row) for p, refs, row in zip(*columns, strict=True)]


def copy_rows(parent: Path, folder: Path) -> None:
    """The same rows in a new folder, without taking room twice where the disk can share a file."""
    folder.mkdir(parents=True)
    try:
        os.link(parent / FILE, folder / FILE)
    except OSError:
        shutil.copyfile(parent / FILE, folder / FILE)
