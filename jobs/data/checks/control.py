"""Characters that nobody sees: control characters, marks of order and width."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jobs.data.batch import Batch
from jobs.data.checks import Tally, Whole
from jobs.data.mends import Mend, rewriting
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 60
# Controls but tab, newline and return; zero width space, word joiner, byte-order mark; embeddings,
# overrides and isolates of direction. Joiners (200C, 200D) stay: Persian, Hindi, emoji need them.
UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffb"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")
_RE2 = (
    r"[\x{00}-\x{08}\x{0b}\x{0c}\x{0e}-\x{1f}\x{7f}-\x{9f}\x{200b}\x{2060}\x{feff}"
    r"\x{202a}-\x{202e}\x{2066}-\x{2069}\x{fff9}-\x{fffb}]"
)
WHY = (
    "Nobody sees them, but the model reads them and may learn to write them; some turn the order "
    "of letters around."
)


class _Control:
    def __init__(self) -> None:
        self._hits = Tally()

    def feed(self, batch: Batch, *, test: bool) -> None:
        self._hits.add(batch.rows[batch.matching(_RE2)])

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
        rewriting(lambda text: _UNSEEN.sub("", text)),
    )
}
