"""Rows so long that a small model can hardly read them whole.

In characters: no model is chosen yet, so that tokens cannot be counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.data.batch import Batch
from jobs.data.checks import Examiner, Tally, Whole
from jobs.data.glance import LONG, Mark
from jobs.data.mends import Mend, leaving_out
from jobs.data.words import count_of
from jobs.types import Example, Finding

HARM = 50
WHY = (
    "Where a row does not fit, the middle of its prompt is cut out, and the model answers to what "
    "it has not read; a row whose completion alone fills the room is left out. How much that is "
    "will be counted before training."
)


def start() -> Examiner:
    return _Long()


class _Long:
    def __init__(self) -> None:
        self.found = Tally()
        self.tested = 0  # of the test file, whose row numbers are other ones

    def feed(self, batch: Batch, *, test: bool) -> None:
        long = _perhaps_long(batch)
        if len(long):
            texts = [column.take(pa.array(long)) for column in (batch.prompts, batch.learnt)]
            long = long[_size(pc.utf8_length, *texts) > LONG]
        if test:
            self.tested += len(long)
        else:
            self.found.add(batch.rows[long])

    def finish(self, whole: Whole) -> Iterable[Finding]:
        count = self.found.count + self.tested
        if count:
            sentence = (
                f"{count_of(count, 'row')} of more than {LONG:,} characters: a small model may not "
                "read so much."
            )
            label = MENDS["long_rows"].label if self.found.count else ""
            yield Finding("long_rows", "warning", count, sentence, self.found.rows, WHY, label)


def _size(length: Callable[[pa.Array], pa.Array], *columns: pa.Array) -> np.ndarray:
    """The lengths of the texts of each row together."""
    return sum(length(column).to_numpy().astype(np.int64) for column in columns)


def is_long(row: Example) -> bool:
    """Longer than `LONG` characters, prompt and first completion together."""
    return len(row.prompt) + len(row.references[0]) > LONG


def _perhaps_long(batch: Batch) -> np.ndarray:
    """Rows of more than `LONG` bytes; no text has more characters, so that few are counted."""
    if batch.glance is not None:
        return batch.glance.where(Mark.LONG)
    return np.flatnonzero(_size(pc.binary_length, batch.prompts, batch.learnt) > LONG)


MENDS = {
    "long_rows": Mend(
        "Leave the long ones out", "Very long rows left out", leaving_out(is_long, _perhaps_long)
    )
}
