"""White space as Python strips it, as a table for code that looks at many texts at once."""

from __future__ import annotations

from functools import cache

import numpy as np


@cache
def white() -> np.ndarray:
    """Of each code point up to the last that `str.strip` takes away, whether it does (bool)."""
    found = np.array([chr(point).isspace() for point in range(0x10000)])
    return found[: np.flatnonzero(found)[-1] + 1]
