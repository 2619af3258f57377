"""All looks over the texts of a column at once, where there is compiled code for it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np

from jobs.data.compiled import SiftTables, passes
from jobs.data.looks import MOST, Look, looks
from jobs.data.raw import Raw
from jobs.data.sequences import sets_of
from jobs.data.sieve import nibbles

POINTS = 0x20000  # code points; beyond stands nothing that a look is for
ENDS = 64  # bytes of all sequences together
LONGEST, LANE = 8, 64  # as in sift.c: bytes of a sequence, and below which the span of a crowd is
BEYOND = "[\xc0-\xff]"  # the first byte of a character beyond ASCII


def sifted(raw: Raw) -> np.ndarray | None:
    """The looks that each text passes (uint8, the bit of `bit_of` each); None without the code."""
    compiled = passes()
    return None if compiled is None else compiled.sift(raw.starts, raw.data, tables())


def passing(look: Look, raw: Raw, sifted: np.ndarray | None) -> np.ndarray:
    """Positions of the rows that pass a look; some may come twice."""
    if sifted is None:
        return look.search(raw)
    texts = np.flatnonzero(sifted & np.uint8(bit_of(look)))
    return texts if raw.owners is None else raw.owners[texts]


def bit_of(look: Look) -> int:
    """The bit that stands for a look."""
    return 1 << looks().index(look)


@cache
def tables() -> SiftTables:
    if len(looks()) > MOST:
        raise ValueError(f"{len(looks())} looks, and room for {MOST}")
    steps, ends = np.zeros(256, np.uint64), np.zeros(ENDS, np.uint8)
    begins, last, at = 0, 0, 0
    every = [(BEYOND, 0), *_sequences(looks())]
    sieve = nibbles(sets_of(sequence) for sequence, _ in every)
    for sequence, bit in every:
        sets = sets_of(sequence)
        if len(sets) > LONGEST or at + len(sets) > ENDS:
            raise ValueError(f"There is no room for “{sequence}”")
        begins |= 1 << at
        for fits in sets:
            steps[fits] |= np.uint64(1 << at)
            at += 1
        last |= 1 << (at - 1)
        ends[at - 1] = bit
    ((crowd, bit),) = ((look.crowd, bit_of(look)) for look in looks() if look.crowd)
    if crowd.span >= LANE:
        raise ValueError(f"There is no room for {crowd}")
    digits = crowd.digits, crowd.span, bit
    return SiftTables(steps, begins, last, ends, _characters(), sieve, *digits)


def _sequences(every: Iterable[Look]) -> Iterable[tuple[str, int]]:
    return ((sequence, bit_of(look)) for look in every for sequence in look.sequences)


def _characters() -> np.ndarray:
    """The looks of each code point (uint8)."""
    found = np.zeros(POINTS, np.uint8)
    for look in looks():
        found[look.characters] |= np.uint8(bit_of(look))
    return found
