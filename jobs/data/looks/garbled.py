"""Letters beyond ASCII, side by side, as text has them that was read in the wrong encoding."""

from __future__ import annotations

import numpy as np

from jobs.data.looks import Look
from jobs.data.raw import Raw

# All that is garbled begins with one of these: UTF-8's first bytes, read as Latin letters.
FIRST, LAST = "\u00c2", "\u00f4"
_POINTS = np.arange(ord(FIRST), ord(LAST) + 1)


def _search(raw: Raw) -> np.ndarray:
    places = raw.among(_POINTS)
    places = places[places + 2 < len(raw.data)]
    return raw.rows_at(places[raw.data[places + 2] >= 128])


# They are of two bytes, the first of which is the same for all.
_FIRST, _LAST = (letter.encode().decode("latin-1") for letter in (FIRST, LAST))
LOOK = Look(_search, sequences=(f"{_FIRST[0]}[{_FIRST[1]}-{_LAST[1]}][\x80-\xff]",))
