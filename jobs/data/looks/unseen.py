"""Characters that nobody sees."""

from __future__ import annotations

import re

import numpy as np

from jobs.data.looks import Look
from jobs.data.raw import Raw

# Controls but tab, newline and return; zero width space, word joiner, byte-order mark; embeddings,
# overrides and isolates of direction. Joiners (200C, 200D) stay: Persian, Hindi, emoji need them.
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_BEYOND = "\x80-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffb"
UNSEEN = re.compile(f"[{_CONTROLS}{_BEYOND}]")
_POINTS = np.array([p for p in range(128, 0x10000) if UNSEEN.match(chr(p))])


def _search(raw: Raw) -> np.ndarray:
    kinds = raw.data[raw.low]
    places = [raw.low[(kinds != 9) & (kinds != 10) & (kinds != 13)]]
    places += [raw.places(127)[127], raw.among(_POINTS)]
    return raw.rows_at(np.concatenate(places))


LOOK = Look(_search, sequences=(f"[{_CONTROLS}]",), characters=_POINTS)
