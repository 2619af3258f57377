"""Which rows may hold what `private` looks for, by their bytes: a few of a million, mostly.

Every row that holds something of that kind passes; of what passes most is looked at by a pattern.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from jobs.data.raw import Raw

DIGITS = 8  # that a telephone number has at least, and every longer kind
SPAN = 21  # bytes from the first of them to the last, with two signs between any two
HIGHEST_DIGIT = 0x1FBF9  # code point (Unicode 16)
# Literals of access keys and private keys that begin with two capitals.
CAPITALS = (b"AKIA", b"ASIA", b"AIza", b"VATE")
# Others, each with the place of the sign that is looked for.
SIGNED = (
    (b"eyJ", 2),
    (b"pat_", 3),  # github_pat_
    (b"k_l", 1),  # sk_live_, rk_live_, pk_live_
    (b"k_t", 1),
    (b"hf_", 2),
    (b"npm_", 3),
    (b"lpat-", 4),  # glpat-
    (b"sk-", 2),
    (b"pypi-", 4),
    *((b"gh%c_" % letter, 3) for letter in b"pousr"),
    *((b"xox%c-" % letter, 4) for letter in b"abeoprs"),
)


def suspicious(raw: Raw) -> np.ndarray:
    """Positions of the rows in which there may be personal data or a secret."""
    is_capital = (raw.data - np.uint8(65)) < 26
    in_pairs = np.flatnonzero(is_capital[1:] & is_capital[:-1])
    signs = {sign: raw.places(sign) for sign in b"-_J"}
    places = [
        raw.places(ord("@")),
        _crowded(np.flatnonzero((raw.data - np.uint8(48)) < 10)),
        _accounts(raw.data, in_pairs),
        raw.among(_decimals()),
    ]
    places += [raw.find(literal, in_pairs, 0) for literal in CAPITALS]
    places += [raw.find(literal, signs[literal[at]], at) for literal, at in SIGNED]
    return raw.rows_at(np.concatenate(places))


@cache
def _decimals() -> np.ndarray:
    """Code points of the digits of other scripts."""
    return np.array([point for point in range(128, HIGHEST_DIGIT + 1) if chr(point).isdecimal()])


def _crowded(digits: np.ndarray) -> np.ndarray:
    """Places of digits after which `DIGITS` stand close together."""
    last = DIGITS - 1
    return digits[:-last][digits[last:] - digits[:-last] <= SPAN]


def _accounts(data: np.ndarray, in_pairs: np.ndarray) -> np.ndarray:
    """Places of two capitals and two digits, with which the number of a bank account begins."""
    places = in_pairs[in_pairs + 3 < len(data)]
    for step in (2, 3):
        places = places[(data[places + step] - np.uint8(48)) < 10]
    return places
