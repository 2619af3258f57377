"""A few rows in another script than all the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from jobs.data.batch import Batch
from jobs.data.checks import Tally, Whole, lowest
from jobs.data.compiled import passes
from jobs.data.glance import Mark
from jobs.data.mends import Edit, Mend, Stored
from jobs.data.raw import Raw
from jobs.data.scripts import FEWEST, LOOKED_AT, OFTEN, script_of, scripts_of
from jobs.data.words import count_of
from jobs.types import Example, Finding, Split

HARM = 45
MOST = 0.8  # of the rows are in one script, or the mixture is what the data is about
WHY = (
    "A few rows in another language teach the model to change language where nobody asked for it. "
    "Keep them if both are wanted."
)


class Scripts:
    """Scripts of the completions, which are what the model learns to write."""

    def __init__(self) -> None:
        self._rows: dict[str, Tally] = {}

    def feed(self, batch: Batch, *, test: bool) -> None:
        latin = _latin(batch)
        if latin is None:
            self._tally("Latin").add(batch.rows)
            return
        others = np.flatnonzero(~latin)
        self._tally("Latin").add(batch.rows[latin])
        if not len(others):
            return
        known = scripts_of(batch.learnt.take(pa.array(others)))
        for script in filter(None, np.unique(known).tolist()):
            self._tally(script).add(batch.rows[others[known == script]])

    def _tally(self, script: str) -> Tally:
        return self._rows.setdefault(script, Tally())

    def common(self) -> tuple[str, int, int]:
        """The script of most rows, how many they are, and how many have any; "" where mixed."""
        counts = Counter({script: hits.count for script, hits in self._rows.items() if hits.count})
        total = counts.total()
        if len(counts) < 2:
            return "", 0, total
        name, most = counts.most_common(1)[0]
        return (name, most, total) if most >= MOST * total else ("", 0, total)

    def finish(self, whole: Whole) -> Iterator[Finding]:
        name, most, total = self.common()
        if not name:
            return
        others = {s: hits for s, hits in self._rows.items() if s != name and hits.count}
        count = total - most
        told = ", ".join(f"{hits.count:,} in {script}" for script, hits in others.items())
        verb = "is" if count == 1 else "are"
        sentence = (
            f"{count_of(count, 'completion')} {verb} not in {name} script as the others: {told}."
        )
        rows = lowest(row for hits in others.values() for row in hits.rows)
        label = MENDS["mixed_scripts"].label
        yield Finding("mixed_scripts", "note", count, sentence, rows, WHY, label)


def _latin(batch: Batch) -> np.ndarray | None:
    """Which rows need no closer look; None where none does."""
    told = batch.glance
    if told is None:
        return _surely_latin(batch.raw_learnt, batch.learnt)
    return None if told.all(Mark.LATIN) else (told.marks & np.uint16(Mark.LATIN)) > 0


def _surely_latin(raw: Raw, texts: pa.Array) -> np.ndarray:
    """Texts that need no closer look: three letters, which outnumber all that is not ASCII."""
    compiled = passes()
    if compiled is not None:
        return _outnumber(*compiled.letters(raw.starts, raw.data, LOOKED_AT, FEWEST))
    plain = np.ones(len(texts), bool)
    plain[raw.texts_at(raw.leads)] = False
    latin = plain & _begin_with_letters(raw)
    others = np.flatnonzero(~latin)
    if len(others):
        latin[others] = _outnumber(*_letters(Raw.of(texts.take(pa.array(others)))))
    return latin


def _outnumber(letters: np.ndarray, beyond: np.ndarray) -> np.ndarray:
    return (letters >= FEWEST) & (letters > OFTEN * beyond)


def _letters(raw: Raw) -> tuple[np.ndarray, np.ndarray]:
    """Of each text the letters A to Z among its first bytes, and its characters beyond ASCII."""
    letters = _letters_in(raw.data)
    before = np.concatenate([[0], np.cumsum(letters, dtype=np.int32)])
    begins, ends = raw.starts[:-1], raw.starts[1:]
    found = before[np.minimum(begins + LOOKED_AT, ends)] - before[begins]
    return found, raw.counts(raw.leads)


def _letters_in(data: np.ndarray) -> np.ndarray:
    """Which bytes are letters A to Z; upper and lower case differ by one bit."""
    return ((data | np.uint8(32)) - np.uint8(97)) < 26


def _begin_with_letters(raw: Raw) -> np.ndarray:
    """Which texts begin with three Latin letters, as most do."""
    found = np.diff(raw.starts) >= 3
    begins = raw.starts[:-1][found]
    letters = np.ones(len(begins), bool)
    for step in range(3):
        letters &= _letters_in(raw.data[begins + step])
    found[found] = letters
    return found


def start() -> Scripts:
    return Scripts()


def _one_script(stored: Stored) -> Edit:
    seen = Scripts()
    for split in ("train", "validation", "test"):
        for batch in stored.batches(split):
            seen.feed(batch, test=False)
    name, _, _ = seen.common()

    def edit(split: Split, row: Example) -> Example | None:
        if split == "test" or not name:
            return row
        return row if script_of(row.references[0]) in ("", name) else None

    return edit


MENDS = {
    "mixed_scripts": Mend("Leave these rows out", "Rows in other scripts left out", _one_script)
}
