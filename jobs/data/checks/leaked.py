"""Prompts of the user's own test file that also stand in the training file (trap 32)."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.data.checks import Sheet, first
from jobs.data.splits import normalize
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 90


def check(sheet: Sheet) -> Iterable[Finding]:
    testing = {normalize(row.prompt) for row in sheet.test or () if row.prompt and row.references}
    found = [row.row for row in sheet.rows if row.prompt and normalize(row.prompt) in testing]
    if found:
        stand = "has a prompt" if len(found) == 1 else "have prompts"
        sentence = (
            f"{count_of(len(found), 'training row')} {stand} that the test file tests; "
            "they are left out of training, because a model that has learnt a prompt is not "
            "tested by it."
        )
        yield Finding("leaked_test_rows", "warning", len(found), sentence, first(found))
