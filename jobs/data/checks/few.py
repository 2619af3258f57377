"""Far too few rows to learn from, or too few prompts to tell a difference by."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.data.batch import Batch
from jobs.data.checks import Examiner, Whole
from jobs.data.words import count_of
from jobs.types import ENOUGH_PROMPTS, Finding

HARM = 70
FEW_ROWS = 50  # fewer than this and a run mostly repeats what it saw
WHY_ROWS = "So few teach a manner, hardly more; a few hundred rows are a good start."
WHY_TEST = (
    f"With fewer than {ENOUGH_PROMPTS} test prompts a comparison cannot tell whether it helped. "
    "Bring more examples, or add the file again and keep more of it back for the test."
)


def start() -> Examiner:
    return _Few()


class _Few:
    def __init__(self) -> None:
        self.usable = 0

    def feed(self, batch: Batch, *, test: bool) -> None:
        if not test:
            self.usable += batch.count_usable

    def finish(self, whole: Whole) -> Iterable[Finding]:
        if self.usable < FEW_ROWS:
            sentence = f"Only {count_of(self.usable, 'row')} can be used."
            yield Finding("few_rows", "warning", self.usable, sentence, why=WHY_ROWS)
        tested = whole.tested()
        if tested == 0:
            sentence = "Nothing is kept for a test."
            yield Finding("no_test", "warning", 0, sentence, why=WHY_TEST)
        elif tested is not None and tested < ENOUGH_PROMPTS:
            sentence = f"The test has {count_of(tested, 'prompt')}."
            yield Finding("few_test_prompts", "warning", tested, sentence, why=WHY_TEST)
