"""Answers as they grow: what has been written of those under way, a few times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from jobs.evaluation.batching import Row
from jobs.types import Completion

OnWords = Callable[[Mapping[tuple[str, int], Completion]], None]
"""(variant, index) -> what has been written so far, of every answer that is under way."""

# Between two looks. Quicker than this looks like flicker, and each one is a write to the disk.
PACE = 0.15


class Watch:
    """Told of every token; tells `on_words` at once of first words, then at its own pace."""

    def __init__(
        self,
        on_words: OnWords,
        read: Callable[[Row, Sequence[int]], str],
        *,
        pace: float | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._on_words, self._read, self._clock = on_words, read, clock
        self._pace = PACE if pace is None else pace
        self._rows: list[tuple[Row, Sequence[int]]] = []
        self._begun = self._told = clock()

    def begin(self, rows: Sequence[Row]) -> None:
        """These rows' prompts are read now; nothing is written yet."""
        self._rows = [(row, ()) for row in rows]
        self._begun = self._clock()
        self.flush()

    def step(self, rows: Sequence[tuple[Row, Sequence[int]]]) -> None:
        """Another token a row; rows that have ended are not among them any more."""
        first = len(rows) > 0 and len(rows[0][1]) == 1
        self._rows = list(rows)
        if first or self._clock() - self._told >= self._pace:
            self.flush()

    def flush(self) -> None:
        """Tell how things stand, whenever that was done last."""
        self._told = self._clock()
        if self._rows:
            seconds = self._told - self._begun
            self._on_words(
                {
                    (row.variant, row.index): Completion(
                        self._read(row, ids), len(ids), hit_limit=False, seconds=seconds
                    )
                    for row, ids in self._rows
                }
            )
