"""Completions that contain their own prompt."""

from __future__ import annotations

from collections.abc import Iterator
from operator import contains

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.data.batch import Batch
from jobs.data.checks import Tally, Whole
from jobs.data.compiled import passes
from jobs.data.glance import SHORTEST, Mark
from jobs.data.mends import Edit, Mend, Stored
from jobs.data.white import white
from jobs.data.words import count_of
from jobs.types import Example, Finding, Split

HARM = 65
SAME = 0.9  # from this share on, the completion column is the prompt column
WHY = (
    "The model would learn to say the prompt again before it answers. Prompt and completion are "
    "joined when it learns: each must hold its own part alone."
)
WHY_SAME = (
    "A model that learns this repeats whatever it is given. Perhaps one column was taken twice."
)


class _Echo:
    def __init__(self) -> None:
        self._hits = Tally()
        self._same = Tally()
        self._rows = 0

    def feed(self, batch: Batch, *, test: bool) -> None:
        self._rows += batch.count_usable
        same, doubtful = _doubtful(batch)
        self._same.add(batch.rows[same])
        if test or not len(doubtful):
            return
        at = pa.array(doubtful, pa.int64())
        asked, said = (c.take(at).to_pylist() for c in (batch.prompts, batch.learnt))
        held = map(contains, said, map(str.strip, asked))  # quick: answers are often the longer
        places = np.flatnonzero(np.fromiter(held, bool, len(doubtful)))
        echoed = [place for place in places if echoes(asked[place], said[place])]
        self._hits.add(batch.rows[doubtful[echoed]])

    def finish(self, whole: Whole) -> Iterator[Finding]:
        count = self._hits.count
        if count:
            verb = "contains its" if count == 1 else "contain their"
            what = "completion" if count == 1 else "completions"
            sentence = f"{count:,} {what} {verb} own prompt."
            rows, label = self._hits.rows, MENDS["echoed_prompts"].label
            yield Finding("echoed_prompts", "warning", count, sentence, rows, WHY, label)
        if self._rows >= 10 and self._same.count >= SAME * self._rows:
            sentence = (
                f"In {count_of(self._same.count, 'row')} the completion is the prompt, letter by "
                "letter."
            )
            rows = self._same.rows
            yield Finding("same_texts", "warning", self._same.count, sentence, rows, WHY_SAME)


def _doubtful(batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the rows whose completion is the prompt, and of others that may hold it."""
    told = batch.glance
    if told is not None:
        return told.where(Mark.SAME), told.where(Mark.ECHO)
    same = _same(batch)
    return np.flatnonzero(same), np.flatnonzero(_may_echo(batch) & ~same)


def _same(batch: Batch) -> np.ndarray:
    """Rows whose completion is the prompt; texts of one length are few."""
    same = np.diff(batch.raw[0].starts) == np.diff(batch.raw_learnt.starts)
    same &= batch.has_prompt
    at = pa.array(np.flatnonzero(same))
    equal = pc.equal(batch.prompts.take(at), batch.learnt.take(at))
    same[same] = equal.to_numpy(zero_copy_only=False)
    return same


def _may_echo(batch: Batch) -> np.ndarray:
    """Rows whose answer may hold the prompt."""
    asked, said = batch.raw[0], batch.raw_learnt
    compiled = passes()
    if compiled is not None:
        columns = (asked.starts, asked.data), (said.starts, said.data)
        return compiled.echoes(*columns, white(), SHORTEST)
    sizes = [np.diff(raw.starts) for raw in (asked, said)]
    # White space around a prompt does not count, so that an answer may be shorter than it.
    longer = (sizes[1] >= sizes[0]) | asked.edged
    return longer & (np.minimum(*sizes) >= SHORTEST)


def echoes(prompt: str, completion: str) -> bool:
    """Whether a completion holds the whole of its prompt and something beside it.

    One that is nothing but the prompt is left alone: where nothing is to be corrected or put in
    other words, that is the right answer.
    """
    asked = prompt.strip()
    return len(asked) >= SHORTEST and asked in completion and completion.strip() != asked


def _cut(_: Stored) -> Edit:
    def edit(split: Split, row: Example) -> Example | None:
        answer = row.references[0]
        if split == "test" or not echoes(row.prompt, answer):
            return row
        rest = " ".join(part.strip() for part in answer.split(row.prompt.strip(), 1)).strip()
        return Example(row.prompt, (rest, *row.references[1:]), row.row) if rest else None

    return edit


def start() -> _Echo:
    return _Echo()


MENDS = {
    "echoed_prompts": Mend("Cut the prompt out of them", "Prompts cut out of completions", _cut)
}
