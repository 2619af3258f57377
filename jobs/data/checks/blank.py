"""Rows without a prompt or without a completion; they are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jobs.data.checks import Sheet, first
from jobs.data.words import count_of
from jobs.types import Example, Finding

HARM = 80


def check(sheet: Sheet) -> Iterable[Finding]:
    yield from _blank(sheet.rows, "", "")
    yield from _blank(sheet.test or (), "test_", " of the test file")


def _blank(rows: Sequence[Example], prefix: str, where: str) -> Iterator[Finding]:
    prompts = [row.row for row in rows if not row.prompt]
    completions = [row.row for row in rows if row.prompt and not row.references]
    for code, what, found in (
        ("prompt", "prompt", prompts),
        ("completion", "completion", completions),
    ):
        if found:
            has = "has" if len(found) == 1 else "have"
            is_left = "is" if len(found) == 1 else "are"
            sentence = (
                f"{count_of(len(found), 'row')}{where} {has} no {what} and {is_left} left out."
            )
            yield Finding(f"{prefix}empty_{code}", "warning", len(found), sentence, first(found))
