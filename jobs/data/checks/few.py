"""Far too few rows to learn from, or too few prompts to tell a difference by."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.data.checks import Sheet
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 70
FEW_ROWS = 50  # fewer than this and a run mostly repeats what it saw
FEW_TEST_PROMPTS = 30  # fewer than this and an interval is too wide to say much


def check(sheet: Sheet) -> Iterable[Finding]:
    usable = sum(1 for row in sheet.rows if row.prompt and row.references)
    if usable < FEW_ROWS:
        sentence = (
            f"Only {count_of(usable, 'row')} can be used. A model can copy their manner, hardly "
            "more; a few hundred rows are a good start."
        )
        yield Finding("few_rows", "warning", usable, sentence)
    if sheet.tested == 0:
        sentence = "Nothing is kept for a test, so that no comparison can tell whether it helped."
        yield Finding("no_test", "warning", 0, sentence)
    elif sheet.tested is not None and sheet.tested < FEW_TEST_PROMPTS:
        sentence = (
            f"The test has {count_of(sheet.tested, 'prompt')}. With fewer than "
            f"{FEW_TEST_PROMPTS} only large differences can be told from chance."
        )
        yield Finding("few_test_prompts", "warning", sheet.tested, sentence)
