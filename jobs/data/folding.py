"""`normalize` for many texts at once: the same letters, without a loop over the usual ones."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.data.normal import normalize
from jobs.data.raw import NO_PLACES, Raw, strings, tiles, without

SAME, LOWERED, ODD = 0, 1, 2
# No character from here on has a case or is white space (Unicode 16); a test looks at all of them.
CASELESS = 0x1F000
WHITE = np.zeros(33, bool)
WHITE[[9, 10, 11, 12, 13, 28, 29, 30, 31, 32]] = True  # where str.split() splits ASCII


def normalized(texts: pa.Array, raw: Raw | None = None) -> pa.Array:
    """`normalize` of each text of an array of strings without nulls; `raw` are its bytes."""
    raw = raw or Raw.of(texts)
    kinds = _kinds()[np.minimum(raw.alphabet, CASELESS)] if len(raw.leads) else np.zeros(0)
    spelled = pc.ascii_lower(strings(*_single_spaced(raw)))
    if (kinds == LOWERED).any():
        cased = raw.texts_at(raw.among(raw.alphabet[kinds == LOWERED]))
        spelled = _replaced(spelled, cased, pc.utf8_lower(spelled.take(pa.array(cased))))
    if (kinds == ODD).any():
        odd = raw.texts_at(raw.among(raw.alphabet[kinds == ODD]))
        given = strings(raw.starts, raw.data).take(pa.array(odd)).to_pylist()
        spelled = _replaced(spelled, odd, pa.array(map(normalize, given), pa.string()))
    return spelled


def _replaced(texts: pa.Array, positions: np.ndarray, others: pa.Array) -> pa.Array:
    mask = np.zeros(len(texts), bool)
    mask[positions] = True
    return pc.replace_with_mask(texts, pa.array(mask), others)


def _single_spaced(raw: Raw) -> tuple[np.ndarray, np.ndarray]:
    """The texts with one space for each stretch of ASCII white space, and none at their edges."""
    starts, data = raw.starts, raw.data
    breaks = raw.low[WHITE[data[raw.low]]]
    if len(breaks):
        data = data.copy()
        data[breaks] = 32
    again = _after_a_space(data)
    first = starts[:-1][np.diff(starts) > 0]
    begins = first[data[first] == 32]
    starts, data = without(starts, data, np.union1d(again, begins) if len(begins) else again)
    last = starts[1:][np.diff(starts) > 0] - 1
    return without(starts, data, last[data[last] == 32])


def _after_a_space(data: np.ndarray) -> np.ndarray:
    """Places of the spaces that follow another one."""
    found = [NO_PLACES]
    for start, tile in tiles(data, more=1):
        space = tile == 32
        found.append(np.flatnonzero(space[1:] & space[:-1]) + (start + 1))
    return np.concatenate(found)


@cache
def folds() -> np.ndarray:
    """What each code point (uint32) below `CASELESS` becomes: a space for white space, 0 for what
    only `normalize` knows."""
    found = np.arange(CASELESS, dtype=np.uint32)
    found[np.arange(len(WHITE))[WHITE]] = ord(" ")
    capitals = np.arange(ord("A"), ord("Z") + 1)
    found[capitals] += ord("a") - ord("A")
    kinds = _kinds()[:CASELESS]
    found[kinds == ODD] = 0
    cased = np.flatnonzero(kinds == LOWERED)
    found[cased] = [ord(chr(point).casefold()) for point in cased.tolist()]
    return found


@cache
def _kinds() -> np.ndarray:
    """What folding does to each code point: nothing, what lower case does, or something else."""
    kinds = np.zeros(CASELESS + 1, np.uint8)
    points = [p for p in range(128, CASELESS) if not 0xD800 <= p < 0xE000]
    characters = list(map(chr, points))
    lowered = pc.utf8_lower(pa.array(characters, pa.string())).to_pylist()
    for point, character, lower in zip(points, characters, lowered, strict=True):
        folded = character.casefold()
        if folded != lower or character.isspace():
            kinds[point] = ODD
        elif folded != character:
            kinds[point] = LOWERED
    return kinds
