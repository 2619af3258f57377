"""Rows between their file and their dataset: on the disk, while only digests stay in memory.

A small dataset is written anew from them, packed; of a large one they become the file.
"""

from __future__ import annotations

import hashlib
import mmap
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from jobs.data.batch import TEXTS, Batch
from jobs.data.compiled import passes
from jobs.data.digests import mixed
from jobs.data.fingerprint import Digested
from jobs.data.folding import normalized
from jobs.data.raw import buffers, strings

SCHEMA = pa.schema([("prompt", pa.string()), ("references", TEXTS), ("row", pa.int64())])
MAGIC = b"ARROW1\0\0"  # with which an Arrow file begins
HELD = 12  # batches that may be in use at once
EXACT = 100_000  # rows up to which lots are drawn by SHA-256


class Staging:
    """The usable rows of one file, in its order."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.seed = seed
        self.seen = 0  # rows of the file, blank ones included
        self.digested: list[Digested] = []  # of each batch
        self._salt = mixed(np.array([seed + 1], np.uint64))
        self._lots: list[np.ndarray] = []
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_file(self._file, SCHEMA)
        self._batches = 0
        self.count = 0

    def add(self, batch: Batch) -> None:
        """Keep the rows that have a prompt and a completion."""
        self.seen += len(batch)
        used = batch.usable
        columns = [batch.prompts, batch.references, pa.array(batch.rows)]
        keys, digested = batch.keys, batch.digested
        stored = pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
        if batch.count_usable < len(batch):
            stored, keys = stored.filter(pa.array(used)), keys[used]
            digested = digested.where(used)
        if not stored.num_rows:
            return
        self.write(stored)
        self._batches += 1
        self.count += stored.num_rows
        self._lots.append(mixed(keys ^ self._salt))
        self.digested.append(digested)

    def write(self, rows: pa.RecordBatch) -> None:
        """Write rows of `SCHEMA` behind all that are there."""
        self._writer.write_batch(rows)

    def close(self) -> None:
        """All rows were written."""
        self._writer.close()
        self._file.close()

    def abandon(self) -> None:
        """Let go of the file, whatever was written."""
        self._file.close()

    def lots(self, *, exact: bool) -> np.ndarray:
        """A uint64 a row that its prompt draws: equal prompts draw equal ones."""
        if exact:
            return _joined([drawn(rows.column(0), self.seed) for rows in self.batches()])
        return _joined(self._lots)

    @property
    def is_small(self) -> bool:
        """Whether lots can be drawn by SHA-256, which takes a moment for each row."""
        return self.count <= EXACT

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows that were added, a batch of `SCHEMA` at a time."""
        if not self._batches:
            return
        with self.path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        source = pa.BufferReader(pa.py_buffer(mapped))
        source.seek(len(MAGIC))  # behind it, the file is a stream: it need not be closed yet
        stream = pa.ipc.open_stream(source)
        used: deque[int] = deque([0])  # where the last batches that were given end
        for _ in range(self._batches):
            yield stream.read_next_batch()
            used.append(source.tell() // mmap.PAGESIZE * mmap.PAGESIZE)
            # What was read would count as memory of this process until the map is gone; threads
            # may still be at work on the last ones.
            if hasattr(mapped, "madvise") and len(used) > HELD:
                begin = used.popleft()
                mapped.madvise(mmap.MADV_DONTNEED, begin, used[0] - begin)

    @property
    def bytes(self) -> int:
        """How large its file is."""
        return self.path.stat().st_size


def chosen(rows: pa.RecordBatch, mask: np.ndarray) -> pa.RecordBatch:
    """The rows of a batch of `SCHEMA` where the mask is true."""
    if mask.all():
        return rows
    return pa.RecordBatch.from_arrays([taken(each, mask) for each in rows.columns], schema=SCHEMA)


def taken(column: pa.Array, mask: np.ndarray) -> pa.Array:
    """The cells of a column where the mask is true.

    Arrow takes several times as long for lists as for the texts in them, and nearly all lists here
    hold one text.
    """
    if mask.all():
        return column
    if pa.types.is_integer(column.type):
        return pa.array(column.to_numpy()[mask])
    if not pa.types.is_list(column.type):
        return _texts(column, mask)
    offsets = np.asarray(column.offsets)
    if (np.diff(offsets) != 1).any():
        return column.take(pa.array(np.flatnonzero(mask)))
    values = _texts(column.values[offsets[0] : offsets[-1]], mask)
    return pa.ListArray.from_arrays(pa.array(np.arange(len(values) + 1, dtype=np.int32)), values)


def _texts(texts: pa.Array, mask: np.ndarray) -> pa.Array:
    compiled = passes()
    if compiled is None or not pa.types.is_string(texts.type):
        return texts.take(pa.array(np.flatnonzero(mask)))
    return strings(*compiled.kept(*buffers(texts), mask))


def drawn(prompts: pa.Array, seed: int) -> np.ndarray:
    """The lot of each prompt: the first eight bytes of SHA-256 over the seed and its text."""
    digests = b"".join(
        hashlib.sha256(f"{seed}\0{text}".encode()).digest()[:8]
        for text in normalized(prompts).to_pylist()
    )
    return np.frombuffer(digests, ">u8").astype(np.uint64)


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.uint64), *parts])
