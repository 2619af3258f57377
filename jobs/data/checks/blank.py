"""Rows without a prompt or without a completion; they are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jobs.data.batch import Batch
from jobs.data.checks import Examiner, Tally, Whole
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 80
WORDS = "The words “None”, “null” and “NA” are no blanks: they stay."
WHY = {
    "prompt": f"An answer to nothing teaches the model nothing about your prompts. {WORDS}",
    "completion": f"A model that learns from an empty completion learns to say nothing. {WORDS}",
}


def start() -> Examiner:
    return _Blank()


class _Blank:
    def __init__(self) -> None:
        self.training = {"prompt": Tally(), "completion": Tally()}
        self.testing = {"prompt": Tally(), "completion": Tally()}

    def feed(self, batch: Batch, *, test: bool) -> None:
        if batch.count_usable == len(batch):
            return
        tallies = self.testing if test else self.training
        tallies["prompt"].where(batch, ~batch.has_prompt)
        tallies["completion"].where(batch, batch.has_prompt & ~batch.has_answer)

    def finish(self, whole: Whole) -> Iterable[Finding]:
        yield from _said(self.training, "", "")
        yield from _said(self.testing, "test_", " of the test file")


def _said(tallies: dict[str, Tally], prefix: str, where: str) -> Iterator[Finding]:
    for what, found in tallies.items():
        if found.count:
            has, is_left = ("has", "is") if found.count == 1 else ("have", "are")
            rows = f"{count_of(found.count, 'row')}{where}"
            sentence = f"{rows} {has} no {what} and {is_left} left out."
            code = f"{prefix}empty_{what}"
            yield Finding(code, "warning", found.count, sentence, found.rows, WHY[what])
