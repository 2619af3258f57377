"""The texts of a column as the bytes they are: what none of them holds is known for all at once.

A search for bytes takes a small part of the time of a pattern, and most rows hold nothing that a
pattern looks for. What is found here is where to look, or, where it says so, the thing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from jobs.data.digests import buffers

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

    @cached_property
    def highest(self) -> int:
        """The highest byte, 0 where there is none; above 127 something is not ASCII."""
        return int(self.data.max()) if len(self.data) else 0

    @cached_property
    def low(self) -> np.ndarray:
        """Places of the bytes below the space: controls, tabs, line breaks."""
        return np.flatnonzero(self.data < 32)

    @cached_property
    def marks(self) -> np.ndarray:
        """Places of the bytes from “-” to “_”: digits, capitals, “@” and some signs."""
        return np.flatnonzero((self.data - np.uint8(45)) < 51)

    def find(self, literal: bytes, among: np.ndarray, at: int) -> np.ndarray:
        """Where a literal stands whose byte number `at` is at one of these places."""
        fits = (among >= at) & (among + (len(literal) - at) <= len(self.data))
        places = among[fits]
        for step, byte in enumerate(literal):
            places = places[self.data[places + (step - at)] == byte]
        return places

    def rows_at(self, places: np.ndarray) -> np.ndarray:
        """Positions of the rows that these bytes belong to."""
        if not len(places):
            return NO_PLACES
        texts = np.unique(np.searchsorted(self.starts, places, "right") - 1)
        return texts if self.owners is None else self.owners[texts]
