"""Which rows may hold what `private` looks for, by their bytes: a few of a million, mostly.

Every row that holds something of that kind passes; of what passes most is looked at by a pattern.
"""

from __future__ import annotations

import numpy as np

from jobs.data.raw import Raw

DIGITS = 8  # that a telephone number has at least, and every longer kind
SPAN = 21  # bytes from the first of them to the last, with two signs between any two
# A literal of an access key or a private key, and which of its bytes is looked for first.
LITERALS = (
    (b"AKIA", 0),
    (b"ASIA", 0),
    (b"AIza", 0),
    (b"eyJ", 2),
    (b"VATE", 0),  # PRIVATE KEY
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
# First bytes of the characters among which are digits of other scripts (Unicode 16, category Nd).
OTHER_DIGITS = np.array([0xD9, 0xDB, 0xDF, 0xE0, 0xE1, 0xEA, 0xEF, *range(0xF0, 0xF5)], np.uint8)


def suspicious(raw: Raw) -> np.ndarray:
    """Positions of the rows in which there may be personal data or a secret."""
    marks = raw.marks
    kinds = raw.data[marks]
    places = [marks[kinds == ord("@")], _crowded(marks[(kinds >= 48) & (kinds <= 57)])]
    signs = marks[(kinds == ord("-")) | (kinds == ord("_"))]
    capitals = marks[(kinds >= 65) & (kinds <= 90)]
    for literal, at in LITERALS:
        among = signs if literal[at] in b"-_" else capitals
        places.append(raw.find(literal, among, at))
    places.append(_accounts(raw.data, capitals))
    if raw.highest >= 0xD9:
        places.append(np.flatnonzero(np.isin(raw.data, OTHER_DIGITS)))
    return raw.rows_at(np.concatenate(places))


def _crowded(digits: np.ndarray) -> np.ndarray:
    """Places of digits after which `DIGITS` stand close together."""
    last = DIGITS - 1
    return digits[:-last][digits[last:] - digits[:-last] <= SPAN]


def _accounts(data: np.ndarray, capitals: np.ndarray) -> np.ndarray:
    """Places of two capitals and two digits, with which the number of a bank account begins."""
    places = capitals[capitals + 3 < len(data)]
    places = places[(data[places + 1] - np.uint8(65)) < 26]
    for step in (2, 3):
        places = places[(data[places + step] - np.uint8(48)) < 10]
    return places
