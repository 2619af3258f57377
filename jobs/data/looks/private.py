"""Personal data and secrets, as `jobs/data/private.py` knows them: a few rows of a million, mostly.

Of what passes most is looked at by a pattern.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from jobs.data.looks import Crowd, Look
from jobs.data.raw import NO_PLACES, Raw, tiles
from jobs.data.sequences import sets_of

CROWD = Crowd(
    digits=8,  # that a telephone number has at least, and every longer kind
    span=21,  # bytes from the first of them to the last, with two signs between any two
)
WORDS = 4  # of eight bytes, in which so many bytes lie wherever they begin
HIGHEST_DIGIT = 0x1FBF9  # code point (Unicode 16)
# E-mail; literals of access keys and private keys; what an account number begins with. Each holds
# two capitals side by side, or one of the signs, for which a search is quick.
SEQUENCES = (
    "@",
    "A[KS]IA",
    "AIza",
    "VATE",
    "eyJ",
    "pat[_-]",  # github_pat_, glpat-
    "k_[lt]",  # sk_live_, rk_test_
    "hf_",
    "npm_",
    "sk-",
    "pypi-",
    "gh[pousr]_",
    "xox[abeoprs]-",
    "[A-Z][A-Z][0-9][0-9]",
)
SIGNS = b"@-_J"
CAPITALS = bytes(range(ord("A"), ord("Z") + 1))


def _search(raw: Raw) -> np.ndarray:
    signs, pairs = raw.places(*SIGNS), _pairs(raw.data)
    places = [_crowded(raw.data), raw.among(_decimals())]
    for sequence in SEQUENCES:
        begins = [pairs]
        for at, fits in enumerate(sets_of(sequence)):
            if set(some := np.flatnonzero(fits).tolist()) <= set(SIGNS):
                begins = [signs[byte] - at for byte in some]
        places.append(raw.fitting(sets_of(sequence), np.concatenate(begins)))
    return raw.rows_at(np.concatenate(places))


@cache
def _decimals() -> np.ndarray:
    """Code points of the digits of other scripts."""
    return np.array([point for point in range(128, HIGHEST_DIGIT + 1) if chr(point).isdecimal()])


def _pairs(data: np.ndarray) -> np.ndarray:
    """Places of the capitals that stand before another one."""
    found = [NO_PLACES]
    for start, tile in tiles(data, more=1):
        capital = (tile - np.uint8(CAPITALS[0])) < len(CAPITALS)
        found.append(np.flatnonzero(capital[1:] & capital[:-1]) + start)
    return np.concatenate(found)


def _crowded(data: np.ndarray) -> np.ndarray:
    """Places of digits that a crowd begins with; some of them may come twice.

    Close together they lie in `WORDS` words of eight bytes, and so many digits are in few of these.
    """
    found, last = [NO_PLACES], CROWD.digits - 1
    for start, tile in tiles(data, more=8 * WORDS):
        is_digit = np.zeros(len(tile) + 8 * WORDS & -8, bool)
        np.less(tile - np.uint8(48), 10, out=is_digit[: len(tile)])
        counts = np.bitwise_count(is_digit.view(np.uint64))
        windows = sum(counts[n : len(counts) - WORDS + n + 1] for n in range(WORDS))
        dense = np.flatnonzero(windows >= CROWD.digits)
        if len(dense):
            words = np.unique(dense[:, None] + np.arange(WORDS))
            word, place = np.nonzero(is_digit.reshape(-1, 8)[words])
            digits = 8 * words[word] + place
            found.append(digits[:-last][digits[last:] - digits[:-last] <= CROWD.span] + start)
    return np.concatenate(found)


LOOK = Look(_search, sequences=SEQUENCES, characters=_decimals(), crowd=CROWD)
