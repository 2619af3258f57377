"""What tells two datasets apart: a digest over every example and its split."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from jobs.data.raw import buffers
from jobs.types import Split

SPLITS: tuple[Split, ...] = ("train", "validation", "test")
PARTS = 5  # of a split: lengths and texts of prompts; counts, lengths and texts of references


class Fingerprint:
    """Fed with rows split by split, however they are cut into batches.

    Lengths and texts go into digests of their own, so that no two datasets read alike.
    """

    def __init__(self) -> None:
        self._parts = {side: [hashlib.sha256() for _ in range(PARTS)] for side in SPLITS}

    def feed(self, side: Split, prompts: pa.Array, references: pa.Array) -> None:
        """Some more rows of a split."""
        self.feed_prompts(side, prompts)
        self.feed_references(side, references)

    def feed_prompts(self, side: Split, prompts: pa.Array) -> None:
        """The prompts of some more rows."""
        lengths, texts = self._parts[side][:2]
        _feed(prompts, lengths, texts)

    def feed_references(self, side: Split, references: pa.Array) -> None:
        """The references of some more rows; another thread may feed their prompts."""
        if not len(references):
            return
        counts, said, texts = self._parts[side][2:]
        counts.update(np.diff(np.asarray(references.offsets)).astype("<i8").tobytes())
        _feed(references.flatten(), said, texts)

    def value(self) -> str:
        """SHA-256 in hexadecimal."""
        whole = hashlib.sha256()
        for side in SPLITS:
            for part in self._parts[side]:
                whole.update(part.digest())
        return whole.hexdigest()


def _feed(texts: pa.Array, lengths: hashlib._Hash, content: hashlib._Hash) -> None:
    starts, data = buffers(texts)
    lengths.update(np.diff(starts).astype("<i8").tobytes())
    content.update(data.data)
