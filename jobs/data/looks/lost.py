"""The sign for a letter that was lost in an encoding."""

from __future__ import annotations

import numpy as np

from jobs.data.looks import Look
from jobs.data.raw import Raw

LOST = "\N{REPLACEMENT CHARACTER}"
_POINTS = np.array([ord(LOST)])


def _search(raw: Raw) -> np.ndarray:
    return raw.rows_at(raw.among(_POINTS))


LOOK = Look(_search, characters=_POINTS)
