"""What tells two datasets apart: a digest over every example and its split."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Protocol

import numpy as np
import pyarrow as pa

from jobs.data.compiled import Passes, passes
from jobs.data.raw import buffers
from jobs.data.staging import taken
from jobs.types import Split

SPLITS: tuple[Split, ...] = ("train", "validation", "test")
PARTS = 5  # of a split: lengths and texts of prompts; counts, lengths and texts of references


class _Parts(Protocol):
    """The digests of one split."""

    def feed(self, prompts: pa.Array, references: pa.Array, mask: np.ndarray) -> None:
        """The rows where the mask is true."""

    def digests(self) -> Iterable[bytes]:
        """Of each part what it is by now."""


class Fingerprint:
    """Fed with rows split by split, however they are cut into batches.

    Lengths and texts go into digests of their own, so that no two datasets read alike.
    """

    def __init__(self) -> None:
        compiled = passes()
        fits = compiled is not None and compiled.can_digest(PARTS)
        self._parts: dict[Split, _Parts] = {
            side: _Compiled(compiled) if compiled is not None and fits else _Plain()
            for side in SPLITS
        }

    def feed(
        self, side: Split, prompts: pa.Array, references: pa.Array, mask: np.ndarray | None = None
    ) -> None:
        """Some more rows of a split: those where the mask is true."""
        if len(prompts):
            every = np.ones(len(prompts), bool) if mask is None else mask
            self._parts[side].feed(prompts, references, every)

    def value(self) -> str:
        """SHA-256 in hexadecimal."""
        whole = hashlib.sha256()
        for side in SPLITS:
            for digest in self._parts[side].digests():
                whole.update(digest)
        return whole.hexdigest()


class _Compiled:
    """By compiled code, which reads the rows where they lie."""

    def __init__(self, compiled: Passes) -> None:
        self._compiled = compiled
        self._streams = compiled.new_digests(PARTS)

    def feed(self, prompts: pa.Array, references: pa.Array, mask: np.ndarray) -> None:
        lists = np.asarray(references.offsets)
        texts = buffers(references.values[lists[0] : lists[-1]])
        self._compiled.digest_rows(self._streams, buffers(prompts), lists - lists[0], texts, mask)

    def digests(self) -> Iterable[bytes]:
        return self._compiled.digested(self._streams.copy(), PARTS)


class _Plain:
    """By Python's own digests."""

    def __init__(self) -> None:
        self._digests = [hashlib.sha256() for _ in range(PARTS)]

    def feed(self, prompts: pa.Array, references: pa.Array, mask: np.ndarray) -> None:
        prompt_lengths, texts, counts, *others = self._digests
        _feed(taken(prompts, mask), prompt_lengths, texts)
        kept = taken(references, mask)
        counts.update(np.diff(np.asarray(kept.offsets)).astype("<i8").tobytes())
        _feed(kept.flatten(), *others)

    def digests(self) -> Iterable[bytes]:
        return [digest.digest() for digest in self._digests]


def _feed(texts: pa.Array, lengths: hashlib._Hash, content: hashlib._Hash) -> None:
    starts, data = buffers(texts)
    lengths.update(np.diff(starts).astype("<i8").tobytes())
    content.update(data.data)
