"""The time left of work whose pieces take about as long as one another."""

from __future__ import annotations

import time
from collections.abc import Callable

TOLD_FROM = 0.1  # of all pieces: answers end in bunches, and the first bunch comes late


class Steady:
    """The pace of pieces since this was made, when `already` of them were done."""

    def __init__(self, already: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._already, self._clock, self._began = already, clock, clock()

    def left(self, done: int, total: int) -> float | None:
        """Seconds for the pieces that are not done; None while too few are to go by."""
        here = done - self._already
        if here <= 0 or here < TOLD_FROM * (total - self._already):
            return None
        return (self._clock() - self._began) / here * (total - done)
