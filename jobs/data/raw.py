"""The texts of a column as the bytes they are: what none of them holds is known for all at once.

A search for bytes takes a small part of the time of a pattern, and most rows hold nothing that a
pattern looks for. What is found here is where to look, or, where it says so, the thing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.data.cached import unlocked_property

TILE = 1 << 18  # bytes that are looked at together: what that makes stays near the processor
RARE = 500  # a byte that stands once in so many is looked for one by one
NO_PLACES = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Raw:
    """One stretch of bytes, UTF-8, and where each text in it begins."""

    starts: np.ndarray  # place of the first byte of each text, with the end of the last
    data: np.ndarray  # uint8
    owners: np.ndarray | None = None  # position of each text's row; None where it is the text's own

    @classmethod
    def of(cls, texts: pa.Array, owners: np.ndarray | None = None) -> Raw:
        """An array of strings without nulls."""
        return cls(*buffers(texts), owners)

    def text(self, position: int) -> str:
        """One of the texts."""
        begin, end = self.starts[position], self.starts[position + 1]
        return self.data[begin:end].tobytes().decode()

    @unlocked_property
    def is_ascii(self) -> bool:
        """Whether every character is ASCII."""
        return not len(self.data) or int(self.data.max()) < 128

    def places(self, *wanted: int) -> dict[int, np.ndarray]:
        """Where each of some bytes stands; quickest where they are rare."""
        found: dict[int, list[np.ndarray]] = {byte: [NO_PLACES] for byte in wanted}
        for start, tile in tiles(self.data):
            text = tile.tobytes()  # in which Python finds a byte fastest
            for byte, known in found.items():
                if byte in text:
                    known.append(_occurrences(text, byte, tile) + start)
        return {byte: np.concatenate(known) for byte, known in found.items()}

    def between(self, first: int, last: int) -> np.ndarray:
        """Places of the bytes from one value to another."""
        found = [NO_PLACES]
        for start, tile in tiles(self.data):
            inside = tile - np.uint8(first) <= np.uint8(last - first)
            found.append(np.flatnonzero(inside) + start)
        return np.concatenate(found)

    @unlocked_property
    def low(self) -> np.ndarray:
        """Places of the bytes below the space: controls, tabs, line breaks."""
        return self.between(0, 31)

    @unlocked_property
    def leads(self) -> np.ndarray:
        """Places of the characters beyond ASCII."""
        return NO_PLACES if self.is_ascii else self.between(0xC0, 0xFF)

    @unlocked_property
    def points(self) -> np.ndarray:
        """Code points (uint32) of the characters beyond ASCII, one for each of `leads`."""
        return decoded(self.data, self.leads)

    @unlocked_property
    def alphabet(self) -> np.ndarray:
        """Each code point beyond ASCII once, in rising order."""
        small = self.points < 0x10000
        seen = np.flatnonzero(np.bincount(self.points[small])) if small.any() else NO_PLACES
        return seen if small.all() else np.concatenate([seen, np.unique(self.points[~small])])

    @unlocked_property
    def edged(self) -> np.ndarray:
        """Which texts (bool) begin or end with what may be white space, of any script."""
        found = np.diff(self.starts) > 0
        edges = [self.data[self.starts[:-1][found]], self.data[self.starts[1:][found] - 1]]
        found[found] = np.any([(edge <= 32) | (edge > 127) for edge in edges], axis=0)
        return found

    def among(self, wanted: np.ndarray) -> np.ndarray:
        """Places of the characters whose code points are among these, in order and beyond ASCII."""
        if not len(self.leads) or not len(wanted):
            return NO_PLACES
        found = self.alphabet[within(wanted, self.alphabet)]
        return self.leads[within(found, self.points)] if len(found) else NO_PLACES

    def fitting(self, sets: Sequence[np.ndarray], begins: np.ndarray) -> np.ndarray:
        """The places, of some, where bytes of these sets (bool, 256 each) begin to stand."""
        places = begins[(begins >= 0) & (begins + len(sets) <= len(self.data))]
        for step, fits in enumerate(sets):
            places = places[fits[self.data[places + step]]]
        return places

    def texts_at(self, places: np.ndarray) -> np.ndarray:
        """Positions, in order, of the texts that these bytes belong to."""
        if not len(places):
            return NO_PLACES
        if 4 * len(places) < len(self.starts):
            return np.unique(np.searchsorted(self.starts, places, "right") - 1)
        return np.flatnonzero(self.counts(np.sort(places)))

    def counts(self, places: np.ndarray) -> np.ndarray:
        """How many of these places, which are in order, each text has."""
        return np.diff(np.searchsorted(places, self.starts))

    def rows_at(self, places: np.ndarray) -> np.ndarray:
        """Positions of the rows that these bytes belong to."""
        texts = self.texts_at(places)
        return texts if self.owners is None else self.owners[texts]


def tiles(data: np.ndarray, more: int = 0) -> Iterator[tuple[int, np.ndarray]]:
    """The bytes in parts, each with where it begins and so many bytes `more` of the next one."""
    for start in range(0, len(data), TILE):
        yield start, data[start : start + TILE + more]


def _occurrences(text: bytes, byte: int, data: np.ndarray) -> np.ndarray:
    found: list[int] = []
    at = text.find(byte)
    while at >= 0:
        found.append(at)
        if RARE * len(found) > len(text):
            return np.flatnonzero(data == byte)
        at = text.find(byte, at + 1)
    return np.array(found, np.int64)


def within(few: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Which values are among others, which are in order; `np.isin` would sort them all anew."""
    if not len(few):
        return np.zeros(len(values), bool)
    at = np.searchsorted(few, values)
    return few[np.minimum(at, len(few) - 1)] == values


def buffers(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where each text begins, with the end of the last, and the bytes of all of them."""
    large = pa.types.is_large_string(texts.type)
    _, offsets, data = texts.buffers()
    if not len(texts):
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    kind = np.int64 if large else np.int32
    starts = np.frombuffer(offsets, kind)[texts.offset : texts.offset + len(texts) + 1]
    low, high = int(starts[0]), int(starts[-1])
    every = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return starts - low, every[low:high]


def strings(starts: np.ndarray, data: np.ndarray) -> pa.StringArray:
    """The other way round: texts of these bytes."""
    offsets = pa.py_buffer(np.ascontiguousarray(starts, np.int32))
    return pa.StringArray.from_buffers(len(starts) - 1, offsets, pa.py_buffer(data))


def decoded(data: np.ndarray, leads: np.ndarray) -> np.ndarray:
    """Code points (uint32) of the characters beyond ASCII that begin at these places of UTF-8."""
    first = data[leads]
    points = np.empty(len(leads), np.uint32)
    for lowest, highest, length in ((0xC0, 0xDF, 2), (0xE0, 0xEF, 3), (0xF0, 0xFF, 4)):
        chosen = np.flatnonzero((first >= lowest) & (first <= highest))
        if not len(chosen):
            continue
        at = leads[chosen]
        value = (first[chosen] & np.uint8(0xFF >> (length + 1))).astype(np.uint32)
        for step in range(1, length):
            value = (value << np.uint32(6)) | (data[at + step] & np.uint8(0x3F))
        points[chosen] = value
    return points


def without(
    starts: np.ndarray, data: np.ndarray, drop: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Texts without the bytes at these places, which are in order and each there once."""
    if not len(drop):
        return starts, data
    bounds = np.empty(2 * len(drop) + 2, np.int32)
    bounds[0], bounds[1:-1:2], bounds[2::2], bounds[-1] = 0, drop, drop + 1, len(data)
    pieces = pa.BinaryArray.from_buffers(
        pa.binary(), len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    )
    kept = pieces.take(pa.array(np.arange(0, len(pieces), 2, dtype=np.int32)))
    _, _, joined = kept.buffers()
    left = len(data) - len(drop)
    found = np.frombuffer(joined, np.uint8)[:left] if left else data[:0]
    return starts - np.searchsorted(drop, starts), found
