"""Text that was read in the wrong encoding (“cafÃ©”), and letters that were lost in it (“caf�”)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from jobs.data.batch import Batch
from jobs.data.checks import Tally, Whole
from jobs.data.looks import garbled, lost
from jobs.data.looks.lost import LOST
from jobs.data.mends import Mend, leaving_out, rewriting
from jobs.data.words import count_of
from jobs.types import Example, Finding

HARM = 75
WHY = "The model would learn to write these signs in place of letters and quotation marks."
WHY_LOST = "Which letter stood there cannot be known any more, and the model would learn the sign."


def _character(byte: int) -> str:
    """What a byte looks like that was read as cp1252, or as Latin-1 where cp1252 has no letter."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_BYTES = {_character(byte): byte for byte in range(0x80, 0x100)}
_NEXT = re.escape("".join(_character(byte) for byte in range(0x80, 0xC0)))


def _lead(first: int, last: int) -> str:
    return "".join(map(_character, range(first, last + 1)))


# UTF-8 of two, three and four bytes. Of the two-byte ones those for Latin, Greek, Cyrillic, Hebrew
# and Arabic: further on stands ß, and “Spaß“ in German quotes is no garbled text.
_PAIR = f"[{_lead(0xC2, 0xC5)}{_lead(0xCE, 0xD1)}{_lead(0xD7, 0xD9)}][{_NEXT}]"
_GARBLED = re.compile(
    f"{_PAIR}|[{_lead(0xE0, 0xEF)}][{_NEXT}]{{2}}|[{_lead(0xF0, 0xF4)}][{_NEXT}]{{3}}"
)
# A capital before a closing mark, as in «MAÇÃ» or „Ä“: garbled only where its row is so elsewhere.
_DOUBTFUL = frozenset("“”‘’„‚«»‹›…–—\u00a0")


def mended(text: str) -> str:
    """The text as it was before it was read wrongly; a text that reads rightly stays."""
    if text.isascii() or not any(_certain(m[0]) for m in _GARBLED.finditer(text)):
        return text
    return _GARBLED.sub(lambda match: _decoded(match[0]) or match[0], text)


def is_garbled(text: str) -> bool:
    return mended(text) != text


def _certain(piece: str) -> bool:
    return _decoded(piece) is not None and not (len(piece) == 2 and piece[1] in _DOUBTFUL)


def _decoded(piece: str) -> str | None:
    try:
        text = bytes(_BYTES[character] for character in piece).decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() or text in "\u00a0\u00ad" else None


class _Garbled:
    def __init__(self) -> None:
        self._hits = Tally()
        self._lost = Tally()

    def feed(self, batch: Batch, *, test: bool) -> None:
        rows = batch.where(garbled.LOOK)
        found = [is_garbled(text) for text in batch.texts(rows).to_pylist()]
        self._hits.add(batch.rows[rows[np.array(found, bool)]])
        if not test:
            self._lost.add(batch.rows[batch.where(lost.LOOK)])

    def finish(self, whole: Whole) -> Iterator[Finding]:
        if self._hits.count:
            verb = "was" if self._hits.count == 1 else "were"
            sentence = (
                f"{count_of(self._hits.count, 'row')} {verb} written in one encoding and read in "
                "another, as in “cafÃ©” for “café”."
            )
            label = MENDS["garbled_text"].label
            yield Finding(
                "garbled_text", "warning", self._hits.count, sentence, self._hits.rows, WHY, label
            )
        if self._lost.count:
            verb = "holds" if self._lost.count == 1 else "hold"
            sentence = (
                f"{count_of(self._lost.count, 'row')} {verb} the sign “{LOST}” for a lost letter."
            )
            label = MENDS["lost_letters"].label
            yield Finding(
                "lost_letters",
                "warning",
                self._lost.count,
                sentence,
                self._lost.rows,
                WHY_LOST,
                label,
            )


def start() -> _Garbled:
    return _Garbled()


def _is_lost(row: Example) -> bool:
    return LOST in row.prompt or any(LOST in text for text in row.references)


MENDS = {
    "garbled_text": Mend(
        "Restore the letters", "Garbled letters restored", rewriting(mended, garbled.LOOK)
    ),
    "lost_letters": Mend(
        "Leave these rows out",
        "Rows with lost letters left out",
        leaving_out(_is_lost, lambda b: b.where(lost.LOOK)),
    ),
}
