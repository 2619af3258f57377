"""Where completions are a few labels: one of them far more often than the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from jobs.data.batch import Batch
from jobs.data.checks import MOST_ROWS, Whole
from jobs.data.mends import Edit, Mend, Stored
from jobs.data.words import count_of
from jobs.types import Example, Finding, Split

HARM = 35
MOST_LABELS = 30  # more different completions than this are no labels
LONGEST = 60  # characters of a label
FEWEST_ROWS = 40  # before anything can be said
ROWS_A_LABEL = 8  # on average, at least, for completions to be labels
TOO_MANY = 0.8  # of all rows
WHY = (
    "A model that always gives the commonest answer would be right as often as that, and that is "
    "what it learns."
)


class _Imbalance:
    """Gives up, and costs nothing any more, as soon as completions are no labels."""

    def __init__(self) -> None:
        self._labels: Counter[str] | None = Counter()
        self._first: dict[str, list[int]] = {}

    def feed(self, batch: Batch, *, test: bool) -> None:
        if self._labels is None or test:
            return
        for row, answer in zip(batch.rows.tolist(), batch.said, strict=True):
            label = answer.strip()
            if not label:
                continue
            self._labels[label] += 1
            shown = self._first.setdefault(label, [])
            if len(shown) < MOST_ROWS:
                shown.append(row)
            if len(label) > LONGEST or len(self._labels) > MOST_LABELS:
                self._labels, self._first = None, {}
                return

    def finish(self, whole: Whole) -> Iterator[Finding]:
        known = self._labels or Counter()
        rows = known.total()
        if rows < FEWEST_ROWS or len(known) < 2 or rows < ROWS_A_LABEL * len(known):
            return
        (label, most), *others = known.most_common()
        if most <= TOO_MANY * rows:
            return
        share = 100 * most / rows
        sentence = (
            f"“{label}” is the completion of {most:,} of {count_of(rows, 'row')} ({share:.0f}%)."
        )
        rare = sorted(chain.from_iterable(self._first[name] for name, _ in others))[:MOST_ROWS]
        yield Finding(
            "imbalance", "warning", most, sentence, tuple(rare), WHY, MENDS["imbalance"].label
        )


def _thin(stored: Stored) -> Edit:
    """Keep of the commonest label as many training rows as all others have together.

    They are taken evenly over the file, so that what changes along it stays in the data.
    """
    known: Counter[str] = Counter()
    for batch in stored.batches("train"):
        known.update(map(str.strip, batch.said))
    label, most = known.most_common(1)[0] if known else ("", 0)
    keep = max(1, known.total() - most)
    seen = 0

    def edit(split: Split, row: Example) -> Example | None:
        nonlocal seen
        if split != "train" or row.references[0].strip() != label or keep >= most:
            return row
        seen += 1
        return row if seen * keep // most > (seen - 1) * keep // most else None

    return edit


def start() -> _Imbalance:
    return _Imbalance()


MENDS = {
    "imbalance": Mend(
        "Keep fewer of the commonest", "Rows of the commonest answer thinned out", _thin
    )
}
