"""Rows between their file and their dataset: on the disk, while only digests stay in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from jobs.data.batch import TEXTS, Batch
from jobs.data.digests import mixed
from jobs.data.folding import normalized

SCHEMA = pa.schema([("prompt", pa.string()), ("references", TEXTS), ("row", pa.int64())])
EXACT = 100_000  # rows up to which lots are drawn by SHA-256


class Staging:
    """The usable rows of one file, in its order; `close` before they are read back."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.seed = seed
        self.seen = 0  # rows of the file, blank ones included
        self._lots: list[np.ndarray] = []
        self._exact: list[np.ndarray] | None = []
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_file(self._file, SCHEMA)
        self.count = 0

    def add(self, batch: Batch) -> None:
        """Keep the rows that have a prompt and a completion."""
        self.seen += len(batch)
        used = batch.usable
        columns = [batch.prompts, batch.references, pa.array(batch.rows)]
        keys = batch.keys
        stored = pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
        if not used.all():
            stored, keys = stored.filter(pa.array(used)), keys[used]
        if not stored.num_rows:
            return
        self._writer.write_batch(stored)
        self.count += stored.num_rows
        self._lots.append(keys)
        if self._exact is not None and self.count <= EXACT:
            self._exact.append(drawn(stored.column(0), self.seed))
        else:
            self._exact = None

    def close(self) -> None:
        """All rows were added."""
        self._writer.close()
        self._file.close()

    def abandon(self) -> None:
        """Let go of the file, whatever was written."""
        self._file.close()

    def lots(self, *, exact: bool) -> np.ndarray:
        """A uint64 a row that its prompt draws: equal prompts draw equal ones."""
        if exact and self._exact is not None:
            return _joined(self._exact)
        return mixed(_joined(self._lots) ^ mixed(np.array([self.seed + 1], np.uint64)))

    @property
    def is_small(self) -> bool:
        """Whether lots can be drawn by SHA-256, which takes a moment for each row."""
        return self._exact is not None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows again, with a batch of `SCHEMA` at a time."""
        with pa.OSFile(str(self.path), "rb") as file:
            opened = pa.ipc.open_file(file)
            for number in range(opened.num_record_batches):
                yield opened.get_batch(number)


def drawn(prompts: pa.Array, seed: int) -> np.ndarray:
    """The lot of each prompt: the first eight bytes of SHA-256 over the seed and its text."""
    digests = b"".join(
        hashlib.sha256(f"{seed}\0{text}".encode()).digest()[:8]
        for text in normalized(prompts).to_pylist()
    )
    return np.frombuffer(digests, ">u8").astype(np.uint64)


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.uint64), *parts])
