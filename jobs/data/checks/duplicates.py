"""Rows that say the same twice, and prompts that are answered in different ways."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from jobs.data.batch import Batch
from jobs.data.checks import Examiner, Tally, Whole
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 30


def start() -> Examiner:
    return _Duplicates()


class _Duplicates:
    """Keeps three numbers a row, and sorts them at the end."""

    def __init__(self) -> None:
        self.parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def feed(self, batch: Batch, *, test: bool) -> None:
        if not test:
            used = batch.usable
            self.parts.append((batch.keys[used], batch.answers[used], batch.rows[used]))

    def finish(self, whole: Whole) -> Iterable[Finding]:
        if not self.parts:
            return
        keys, answers, rows = (np.concatenate(column) for column in zip(*self.parts, strict=True))
        self.parts = []
        shared = _shared(keys)  # the others neither repeat nor differ: no need to sort them again
        keys, answers, rows = keys[shared], answers[shared], rows[shared]
        order = np.lexsort((rows, answers, keys))
        keys, answers, rows = keys[order], answers[order], rows[order]
        same_prompt = keys[1:] == keys[:-1]
        same_answer = same_prompt & (answers[1:] == answers[:-1])
        yield from _repeated(np.sort(rows[1:][same_answer]))
        differing = np.unique(keys[1:][same_prompt & ~same_answer])
        first = np.full(len(differing), np.iinfo(np.int64).max)
        at = np.searchsorted(differing, keys)
        member = at < len(differing)
        member[member] = differing[at[member]] == keys[member]
        np.minimum.at(first, at[member], rows[member])
        yield from _differing(np.sort(first))


def _shared(keys: np.ndarray) -> np.ndarray:
    """Which keys occur more than once."""
    ordered = np.sort(keys)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return np.isin(keys, twice)


def _repeated(rows: np.ndarray) -> Iterable[Finding]:
    tally = Tally()
    tally.add(rows)
    if tally.count:
        verb = "repeats" if tally.count == 1 else "repeat"
        sentence = f"{count_of(tally.count, 'row')} {verb} an earlier prompt and completion."
        yield Finding("duplicates", "note", tally.count, sentence, tally.rows)


def _differing(rows: np.ndarray) -> Iterable[Finding]:
    tally = Tally()
    tally.add(rows)
    if tally.count:
        has = "has" if tally.count == 1 else "have"
        sentence = (
            f"{count_of(tally.count, 'prompt')} {has} more than one completion. That is right "
            "where several answers are good; in a test each counts as a reference."
        )
        yield Finding("different_completions", "note", tally.count, sentence, tally.rows)
