"""Characters that nobody sees: control characters, marks of order and width."""

from __future__ import annotations

from collections.abc import Iterator

from jobs.data.batch import Batch
from jobs.data.checks import Tally, Whole
from jobs.data.looks.unseen import LOOK, UNSEEN
from jobs.data.mends import Mend, rewriting
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 60
WHY = (
    "Nobody sees them, but the model reads them and may learn to write them; some turn the order "
    "of letters around."
)


class _Control:
    def __init__(self) -> None:
        self._hits = Tally()

    def feed(self, batch: Batch, *, test: bool) -> None:
        self._hits.add(batch.rows[batch.where(LOOK)])

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


def start() -> _Control:
    return _Control()


MENDS = {
    "unseen_characters": Mend(
        "Take these characters out",
        "Characters that cannot be seen taken out",
        rewriting(lambda text: UNSEEN.sub("", text), LOOK),
    )
}
