"""Texts that are nearly the same, found in a time that grows with their number and not its square.

MinHash with one permutation (Li, Owen and Zhang 2012) over stretches of letters, its empty bins
filled from the next full one (Shrivastava and Li 2014); equal bands of it make candidates, and
each candidate is looked at itself: nothing is called near because of a hash alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

LETTERS = 6  # bytes in a stretch
BINS = 64
BANDS = 8  # of eight bins: at a likeness of 0.9 99 of 100 pairs share a band, at 0.5 3 of 100
NEAR = 0.9  # likeness of two texts (Jaccard, over stretches) from which they are near
SHORTEST = 48  # characters: shorter texts are equal or they say something else
# Words from which on one that differs is a slip: in a short list of facts it is another fact
# (“familyFriendly[yes]” and “familyFriendly[no]” of the E2E data).
MANY_WORDS = 40
NEIGHBOURS = 2  # in a band, each row is held against this many before it
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """A text without what does not count: case and white space."""
    return " ".join(text.casefold().split())


def bands(texts: Sequence[str]) -> np.ndarray:
    """A number for each band of each text, shape (len(texts), BANDS); `texts` are `plain`."""
    encoded = [text.encode() for text in texts]
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    # Padding of zeros keeps the stretches of one text from running into the next.
    data = np.frombuffer(b"".join(part + b"\0" * LETTERS for part in encoded), np.uint8)
    if not data.size:
        return np.zeros((len(texts), BANDS), np.uint64)
    hashes = np.zeros(data.size - LETTERS + 1, np.uint64)
    for offset in range(LETTERS):
        hashes = hashes * np.uint64(257) + data[offset : offset + hashes.size]
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _MIX
    hashes ^= hashes >> np.uint64(32)
    starts = np.concatenate([[0], np.cumsum(lengths + LETTERS)[:-1]])
    inside = np.maximum(lengths - LETTERS + 1, 1)
    owner = np.repeat(np.arange(len(texts)), inside)
    place = np.arange(owner.size) - np.repeat(np.cumsum(inside) - inside, inside)
    chosen = hashes[np.repeat(starts, inside) + place]
    least = np.full((len(texts), BINS), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(least, (owner, (chosen >> np.uint64(58)).astype(np.int64)), chosen)
    return _folded(_filled(least))


def _filled(least: np.ndarray) -> np.ndarray:
    """Empty bins take what the next full one to the right has, with the distance mixed in."""
    empty = least == np.iinfo(np.uint64).max
    filled = least.copy()
    distance = np.zeros(least.shape, np.uint64)
    for step in range(1, BINS):
        if not empty.any():
            break
        source = np.roll(least, -step, axis=1)
        usable = empty & ~np.roll(least == np.iinfo(np.uint64).max, -step, axis=1)
        filled[usable] = source[usable]
        distance[usable] = step
        empty &= ~usable
    return filled + distance * _MIX


def _folded(bins: np.ndarray) -> np.ndarray:
    parts = bins.reshape(len(bins), BANDS, BINS // BANDS)
    out = np.zeros((len(bins), BANDS), np.uint64)
    for index in range(parts.shape[2]):
        out = (out ^ parts[:, :, index]) * _MIX
        out ^= out >> np.uint64(31)
    return out


def candidates(all_bands: np.ndarray) -> np.ndarray:
    """Pairs of rows (earlier, later) that share a band, shape (n, 2), each once."""
    found = []
    for band in range(all_bands.shape[1]):
        values = all_bands[:, band]
        order = np.argsort(values, kind="stable")
        held = values[order]
        for back in range(1, NEIGHBOURS + 1):
            same = held[back:] == held[:-back]
            found.append(np.stack([order[:-back][same], order[back:][same]], axis=1))
    pairs = np.concatenate(found) if found else np.empty((0, 2), np.int64)
    return np.unique(np.sort(pairs, axis=1), axis=0)


@dataclass(frozen=True)
class Print:
    """What two texts are compared by; most pairs are told apart before there are stretches."""

    text: str

    @cached_property
    def words(self) -> list[str]:
        return _WORD.findall(self.text)

    @cached_property
    def numbers(self) -> list[str]:
        return [word for word in self.words if any(map(str.isdecimal, word))]

    @cached_property
    def stretches(self) -> frozenset[str]:
        text = self.text
        return frozenset(text[i : i + LETTERS] for i in range(max(1, len(text) - LETTERS + 1)))

    @classmethod
    def of(cls, text: str) -> Print:
        return cls(plain(text))


def near(one: Print, other: Print) -> bool:
    """Whether two texts say nearly the same.

    Texts whose numbers differ do not (order 4711 is not order 4712); those that differ only in
    punctuation do; where words differ, only texts of many words can be near.
    """
    if one.words == other.words:
        return True
    if min(len(one.words), len(other.words)) < MANY_WORDS or one.numbers != other.numbers:
        return False
    common = len(one.stretches & other.stretches)
    return common >= NEAR * (len(one.stretches) + len(other.stretches) - common)


def chunks(pairs: np.ndarray, size: int = 1 << 17) -> Iterator[np.ndarray]:
    """Pairs in parts: each part reads the rows it needs from the disk once."""
    for start in range(0, len(pairs), size):
        yield pairs[start : start + size]
