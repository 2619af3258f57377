"""Where a row lies: findings, pages and commands all know it by its number in the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jobs.data.storage import SPLITS, row_numbers
from jobs.errors import InputError, NotFound
from jobs.types import Split


def place_of(folder: Path, row: int, split: Split | None = None) -> tuple[Split, int]:
    """Split and position (from 0) of the row with this number, looked for in one split or in all.

    Numbers repeat only where the test is a file of its own.
    """
    found: list[tuple[Split, int]] = []
    for side in SPLITS if split is None else (split,):
        found += [(side, int(at)) for at in np.flatnonzero(row_numbers(folder, side) == row)[:1]]
    if not found:
        raise NotFound(
            f"There is no row {row:,} in this {'data' if split is None else 'part of the data'}.",
            "It may have been left out, or put together with an earlier row of the same prompt.",
        )
    if len(found) > 1:
        sides = " and ".join(f"“{side}”" for side, _ in found)
        raise InputError(
            f"There is a row {row:,} in {sides}: the test came from a file of its own.",
            "Say in which of them.",
        )
    return found[0]
