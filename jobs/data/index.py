"""The index of a large dataset: which rows of which batches of its file are in which split.

On the disk it is a few arrays. Masks lie one behind the other as bits, whole ones aside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jobs.data.splits import SPLITS
from jobs.types import Split

NONE = -1  # in the place of a batch


@dataclass(frozen=True)
class Part:
    """Some rows of one split."""

    side: Split
    batch: int  # of the file, from 0 on
    mask: np.ndarray  # which of its rows they are
    others: int = NONE  # the batch of rows that stand in the place of some of them
    first: int = 0  # of its rows
    places: np.ndarray | None = None  # among the rows of the mask, in order


def index_of(parts: Sequence[Part]) -> dict[str, np.ndarray]:
    """The index as it lies on the disk."""
    counts = [int(part.mask.sum()) for part in parts]
    lengths = [len(part.mask) for part in parts]
    pairs = zip(parts, counts, strict=True)
    masks = [part.mask for part, count in pairs if count < len(part.mask)]
    altered = [np.zeros(0, bool)]
    for part, count in zip(parts, counts, strict=True):
        if part.places is not None:
            altered.append(np.zeros(count, bool))
            altered[-1][part.places] = True
    return {
        "sides": np.array([SPLITS.index(part.side) for part in parts], np.int8),
        "batches": np.array([part.batch for part in parts], np.int64),
        "counts": np.array(counts, np.int64),
        "lengths": np.array(lengths, np.int64),
        "kept": np.packbits(np.concatenate([np.zeros(0, bool), *masks])),
        "others": np.array([part.others for part in parts], np.int64),
        "first": np.array([part.first for part in parts], np.int64),
        "altered": np.packbits(np.concatenate(altered)),
    }


@dataclass(frozen=True)
class Index:
    """The index as it was read; arrays of a number a part, but `kept` and `altered`."""

    sides: np.ndarray
    batches: np.ndarray
    counts: np.ndarray
    lengths: np.ndarray
    kept: np.ndarray  # bits: the masks of the parts that leave rows out
    others: np.ndarray
    first: np.ndarray
    altered: np.ndarray  # bits: of parts with others, in the place of which of their rows
    begins: np.ndarray  # where the mask of each part begins

    @classmethod
    def read(cls, found: Mapping[str, np.ndarray]) -> Index:
        """`found` are the arrays of a file.

        In older ones each batch belongs to one split, none has others, and each has its mask.
        """
        sides, counts, lengths, kept = (
            found[name] for name in ("sides", "counts", "lengths", "kept")
        )
        if "batches" in found:
            batches, others, first, altered = (
                found[name] for name in ("batches", "others", "first", "altered")
            )
            masked = np.where(counts < lengths, lengths, 0)
        else:
            batches, altered = np.arange(len(sides)), np.zeros(0, np.uint8)
            others, first, masked = np.full(len(sides), NONE), np.zeros(0, np.int64), lengths
        begins = np.cumsum(masked) - masked
        return cls(sides, batches, counts, lengths, kept, others, first, altered, begins)

    def of(self, split: Split) -> list[tuple[int, int]]:
        """Number and rows of each part of a split."""
        chosen = np.flatnonzero((self.sides == SPLITS.index(split)) & (self.counts > 0))
        return list(zip(chosen.tolist(), self.counts[chosen].tolist(), strict=True))

    def part(self, number: int) -> Part:
        """One of them."""
        count, length = int(self.counts[number]), int(self.lengths[number])
        mask = np.ones(length, bool)
        if count < length:
            mask = _bits(self.kept, int(self.begins[number]), length)
        side, batch = SPLITS[self.sides[number]], int(self.batches[number])
        if (others := int(self.others[number])) == NONE:
            return Part(side, batch, mask)
        before = int(self.counts[:number][self.others[:number] != NONE].sum())
        places = np.flatnonzero(_bits(self.altered, before, count))
        return Part(side, batch, mask, others, int(self.first[number]), places)


def _bits(packed: np.ndarray, begin: int, count: int) -> np.ndarray:
    some = np.unpackbits(packed[begin // 8 : (begin + count) // 8 + 1])
    return some[begin % 8 : begin % 8 + count].astype(bool)
