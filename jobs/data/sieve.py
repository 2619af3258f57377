"""Tables of half bytes, by which compiled code passes over most places where no sequence ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

BYTES = 3  # the last ones of a sequence, as in sieve.c
GROUPS = 16
ANY = np.ones(16, bool)
# Of each byte, which lower and which upper halves may stand there: all of them together pass.
Group = tuple[tuple[np.ndarray, np.ndarray], ...]


def nibbles(sequences: Iterable[Sequence[np.ndarray]]) -> np.ndarray:
    """For sequences of sets of bytes (bool, 256 each): uint8, as `compiled/sieve.h` has them."""
    groups = [group for sets in sequences for group in _groups(sets)]
    while len(groups) > GROUPS:
        one, other = min(combinations(groups, 2), key=lambda pair: _cost(*pair))
        groups = [group for group in groups if group is not one and group is not other]
        groups.append(_together(one, other))
    found = np.zeros((GROUPS // 8, BYTES, 2, 16), np.uint8)
    for place, group in enumerate(groups):
        for byte, halves in enumerate(group):
            for half, fits in enumerate(halves):
                found[place // 8, byte, half, fits] |= np.uint8(1 << place % 8)
    return found


def _groups(sets: Sequence[np.ndarray]) -> Iterable[Group]:
    """The end of a sequence; a set that stands alone in parts that pass nothing beside it."""
    before = ((ANY, ANY),) * (BYTES - len(sets))
    if len(sets) > 1:
        table = [each.reshape(16, 16) for each in sets[-BYTES:]]
        yield before + tuple((np.any(fits, 0), np.any(fits, 1)) for fits in table)
        return
    rows = sets[0].reshape(16, 16)
    for lower in np.unique(rows[rows.any(axis=1)], axis=0):
        yield (*before, (lower, (rows == lower).all(axis=1)))


def _together(one: Group, other: Group) -> Group:
    pairs = zip(one, other, strict=True)
    return tuple((a | c, b | d) for (a, b), (c, d) in pairs)


def _cost(one: Group, other: Group) -> float:
    """How much more passes where two become one, were all bytes equally common."""
    return _share(_together(one, other)) - _share(one) - _share(other)


def _share(group: Group) -> float:
    return float(np.prod([lower.mean() * upper.mean() for lower, upper in group]))
