"""Characters that nobody sees: control characters, marks of order and width."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from jobs.data.batch import Batch
from jobs.data.checks import Tally, Whole
from jobs.data.mends import Mend, rewriting
from jobs.data.raw import Raw
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 60
# Controls but tab, newline and return; zero width space, word joiner, byte-order mark; embeddings,
# overrides and isolates of direction. Joiners (200C, 200D) stay: Persian, Hindi, emoji need them.
UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffb"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")
_BEYOND = np.array([p for p in range(128, 0x10000) if _UNSEEN.match(chr(p))])  # code points
WHY = (
    "Nobody sees them, but the model reads them and may learn to write them; some turn the order "
    "of letters around."
)


class _Control:
    def __init__(self) -> None:
        self._hits = Tally()

    def feed(self, batch: Batch, *, test: bool) -> None:
        self._hits.add(batch.rows[batch.where(_unseen)])

    def finish(self, whole: Whole) -> Iterator[Finding]:
        if self._hits.count:
            verb = "holds" if self._hits.count == 1 else "hold"
            sentence = f"{count_of(self._hits.count, 'row')} {verb} characters that cannot be seen."
            yield Finding(
                "unseen_characters",
                "warning",
                self._hits.count,
                sentence,
                self._hits.rows,
                WHY,
                MENDS["unseen_characters"].label,
            )


def _unseen(raw: Raw) -> np.ndarray:
    """Rows that hold one of `UNSEEN`."""
    kinds = raw.data[raw.low]
    places = [raw.low[(kinds != 9) & (kinds != 10) & (kinds != 13)]]
    places += [raw.places(127)[127], raw.among(_BEYOND)]
    return raw.rows_at(np.concatenate(places))


def start() -> _Control:
    return _Control()


MENDS = {
    "unseen_characters": Mend(
        "Take these characters out",
        "Characters that cannot be seen taken out",
        rewriting(lambda text: _UNSEEN.sub("", text), _unseen),
    )
}
