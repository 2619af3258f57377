"""Rows so long that a small model can hardly read them whole.

In characters: no model is chosen yet, so that tokens cannot be counted.
"""

from __future__ import annotations

from collections.abc import Iterable

from jobs.data.checks import Sheet, first
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 50
LONG = 4000  # characters: about 1,000 tokens of English, the context of a small model


def check(sheet: Sheet) -> Iterable[Finding]:
    rows = [*sheet.rows, *(sheet.test or ())]
    found = [row.row for row in sheet.rows if _length(row.prompt, row.references) > LONG]
    count = sum(1 for row in rows if _length(row.prompt, row.references) > LONG)
    if count:
        sentence = (
            f"{count_of(count, 'row')} of more than {LONG:,} characters: a small model may not "
            "read so much. What would be cut is counted before training."
        )
        yield Finding("long_rows", "warning", count, sentence, first(found))


def _length(prompt: str, references: tuple[str, ...]) -> int:
    return len(prompt) + (len(references[0]) if references else 0)
