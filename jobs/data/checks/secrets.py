"""Personal data and secrets, before they are baked into weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from jobs.data.batch import Batch
from jobs.data.checks import Tally, Whole
from jobs.data.mends import Mend, rewriting
from jobs.data.private import COARSE, KINDS, masked
from jobs.data.sieve import suspicious
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 90
WHY = (
    "What a model has learnt it may say to anybody, word for word, and it cannot be taken out of "
    "the weights again."
)


class _Secrets:
    def __init__(self) -> None:
        self._hits = Tally()
        self._kinds: Counter[str] = Counter()

    def feed(self, batch: Batch, *, test: bool) -> None:
        near = batch.matching(COARSE, batch.where(suspicious))
        for position, text in zip(near, batch.texts(near).to_pylist(), strict=True):
            found: Counter[str] = Counter()
            masked(text, found)
            if found:
                self._hits.add([int(batch.rows[position])])
                self._kinds += found

    def finish(self, whole: Whole) -> Iterator[Finding]:
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
        rewriting(masked, suspicious),
    )
}
