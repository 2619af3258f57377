"""Prompts of the user's own test file that also stand in the training file."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from jobs.data.batch import Batch
from jobs.data.checks import Examiner, Tally, Whole
from jobs.data.raw import within
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 95
WHY = "A model that has learnt a prompt is not tested by it."


def start() -> Examiner:
    return _Leaked()


class _Leaked:
    def __init__(self) -> None:
        self.parts: list[np.ndarray] = []
        self.testing: np.ndarray | None = None  # in order, once all are there
        self.found = Tally()

    def feed(self, batch: Batch, *, test: bool) -> None:
        if test:
            self.parts.append(batch.keys[batch.usable])
        elif self.parts:
            if self.testing is None:
                self.testing = np.sort(np.concatenate(self.parts))
            self.found.where(batch, batch.usable & within(self.testing, batch.keys))

    def finish(self, whole: Whole) -> Iterable[Finding]:
        if self.found.count:
            stand = "has a prompt" if self.found.count == 1 else "have prompts"
            left = "is" if self.found.count == 1 else "are"
            sentence = (
                f"{count_of(self.found.count, 'training row')} {stand} that the test file tests "
                f"and {left} left out of training."
            )
            yield Finding(
                "leaked_test_rows", "warning", self.found.count, sentence, self.found.rows, WHY
            )
