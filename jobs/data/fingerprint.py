"""What tells two datasets apart: a digest over every example and its split."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from jobs.types import Split

SPLITS: tuple[Split, ...] = ("train", "validation", "test")


class Fingerprint:
    """Fed with rows split by split, however they are cut into batches.

    Lengths and texts go into digests of their own, so that no two datasets read alike.
    """

    def __init__(self) -> None:
        self._parts = {side: [hashlib.sha256() for _ in range(5)] for side in SPLITS}

    def feed(self, side: Split, prompts: pa.Array, references: pa.Array) -> None:
        """Some more rows of a split."""
        self.feed_prompts(side, prompts)
        self.feed_references(side, references)

    def feed_prompts(self, side: Split, prompts: pa.Array) -> None:
        """Half of `feed`: a thread may do it while another does the other half."""
        lengths, texts, *_ = self._parts[side]
        _feed(prompts, lengths, texts)

    def feed_references(self, side: Split, references: pa.Array) -> None:
        """The other half of `feed`."""
        _, _, counts, lengths, texts = self._parts[side]
        counts.update(np.diff(np.asarray(references.offsets)).astype("<i8").tobytes())
        _feed(references.flatten(), lengths, texts)

    def value(self) -> str:
        """SHA-256 in hexadecimal."""
        whole = hashlib.sha256()
        for side in SPLITS:
            for part in self._parts[side]:
                whole.update(part.digest())
        return whole.hexdigest()


def _feed(texts: pa.Array, lengths: hashlib._Hash, content: hashlib._Hash) -> None:
    if not len(texts):
        return
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    lengths.update(np.diff(starts).astype("<i8").tobytes())
    if data is not None:
        content.update(memoryview(data)[starts[0] : starts[-1]])
