"""Which rows may hold what `private` looks for, by their bytes: a few of a million, mostly.

Every row that holds something of that kind passes; of what passes most is looked at by a pattern.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from jobs.data.raw import NO_PLACES, Raw, tiles

DIGITS = 8  # that a telephone number has at least, and every longer kind
SPAN = 21  # bytes from the first of them to the last, with two signs between any two
WORDS = 4  # of eight bytes, in which so many bytes lie wherever they begin
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
    in_pairs = _in_pairs(raw.data)
    signs = raw.places(*b"@-_J")
    places = [
        signs[ord("@")],
        _crowded(raw.data),
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


def _in_pairs(data: np.ndarray) -> np.ndarray:
    """Places of the capitals that stand before another one."""
    found = [NO_PLACES]
    for start, tile in tiles(data, more=1):
        capital = (tile - np.uint8(65)) < 26
        found.append(np.flatnonzero(capital[1:] & capital[:-1]) + start)
    return np.concatenate(found)


def _crowded(data: np.ndarray) -> np.ndarray:
    """Places of digits after which `DIGITS` stand close together; some of them may come twice.

    Close together they lie in `WORDS` words of eight bytes, and so many digits are in few of these.
    """
    found, last = [NO_PLACES], DIGITS - 1
    for start, tile in tiles(data, more=8 * WORDS):
        is_digit = np.zeros(len(tile) + 8 * WORDS & -8, bool)
        np.less(tile - np.uint8(48), 10, out=is_digit[: len(tile)])
        counts = np.bitwise_count(is_digit.view(np.uint64))
        windows = sum(counts[n : len(counts) - WORDS + n + 1] for n in range(WORDS))
        dense = np.flatnonzero(windows >= DIGITS)
        if len(dense):
            words = np.unique(dense[:, None] + np.arange(WORDS))
            word, place = np.nonzero(is_digit.reshape(-1, 8)[words])
            digits = 8 * words[word] + place
            found.append(digits[:-last][digits[last:] - digits[:-last] <= SPAN] + start)
    return np.concatenate(found)


def _accounts(data: np.ndarray, in_pairs: np.ndarray) -> np.ndarray:
    """Places of two capitals and two digits, with which the number of a bank account begins."""
    places = in_pairs[in_pairs + 3 < len(data)]
    for step in (2, 3):
        places = places[(data[places + step] - np.uint8(48)) < 10]
    return places
