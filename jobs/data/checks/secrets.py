"""Personal data and secrets, before they are baked into weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.data.batch import Batch
from jobs.data.checks import Tally, Whole
from jobs.data.looks.private import LOOK
from jobs.data.mends import Mend, rewriting
from jobs.data.private import COARSE, KINDS, masked
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 90
# Bytes of rows that wait for the pattern, which takes a moment to be made ready. Not more: whoever
# looks closely holds the interpreter, and other threads wait.
AT_ONCE = 1 << 15
WHY = (
    "What a model has learnt it may say to anybody, word for word, and it cannot be taken out of "
    "the weights again. Names of people are not looked for; what is set aside for examples, such "
    "as addresses at example.com, is nobody’s and is not counted."
)


class _Secrets:
    def __init__(self) -> None:
        self._hits = Tally()
        self._kinds: Counter[str] = Counter()
        self._waiting: list[tuple[np.ndarray, pa.Array]] = []
        self._bytes = 0

    def feed(self, batch: Batch, *, test: bool) -> None:
        places = batch.where(LOOK)
        if len(places):
            texts = batch.texts(places)
            self._waiting.append((batch.rows[places], texts))
            self._bytes += texts.nbytes
        if self._bytes >= AT_ONCE:
            self._look()

    def _look(self) -> None:
        """Look closely at the rows that wait."""
        if not self._waiting:
            return
        rows = np.concatenate([rows for rows, _ in self._waiting])
        texts = pa.chunked_array([texts for _, texts in self._waiting])
        self._waiting, self._bytes = [], 0
        near = pc.match_substring_regex(texts, COARSE).to_numpy()
        for row, text in zip(rows[near], texts.filter(pa.array(near)).to_pylist(), strict=True):
            found: Counter[str] = Counter()
            masked(text, found)
            if found:
                self._hits.add([int(row)])
                self._kinds += found

    def finish(self, whole: Whole) -> Iterator[Finding]:
        self._look()
        if self._hits.count:
            verb = "holds" if self._hits.count == 1 else "hold"
            kinds = [kind for kind in KINDS if self._kinds[kind.name]]
            told = [count_of(self._kinds[kind.name], kind.one, kind.many) for kind in kinds]
            sentence = (
                f"{count_of(self._hits.count, 'row')} {verb} what looks like personal data or a "
                f"secret: {', '.join(told)}."
            )
            label = MENDS["secrets"].label
            yield Finding(
                "secrets", "warning", self._hits.count, sentence, self._hits.rows, WHY, label
            )


def start() -> _Secrets:
    return _Secrets()


MENDS = {
    "secrets": Mend(
        "Put words like [e-mail] in their place",
        "Personal data masked",
        rewriting(masked, LOOK),
    )
}
