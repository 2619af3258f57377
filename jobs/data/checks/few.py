"""Far too few rows to learn from, or too few prompts to tell a difference by."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.data.checks import Sheet, count_of
from jobs.data.splits import normalize
from jobs.types import Finding

HARM = 70
FEW_ROWS = 50  # fewer than this and a run mostly repeats what it saw
FEW_TEST_PROMPTS = 30  # fewer than this and an interval is too wide to say much


def check(sheet: Sheet) -> Iterable[Finding]:
    rows = [row for row in sheet.rows if row.prompt and row.references]
    if len(rows) < FEW_ROWS:
        there = "There is only" if len(rows) == 1 else "There are only"
        sentence = (
            f"{there} {count_of(len(rows), 'usable row')}. A model can copy their manner, hardly "
            "more; a few hundred rows are a good start."
        )
        yield Finding("few_rows", "warning", len(rows), sentence)
    if sheet.test is not None:
        prompts = {normalize(row.prompt) for row in sheet.test if row.prompt and row.references}
        if len(prompts) < FEW_TEST_PROMPTS:
            sentence = (
                f"The test file has {count_of(len(prompts), 'different prompt')}. With fewer than "
                f"{FEW_TEST_PROMPTS} only large differences can be told from chance."
            )
            yield Finding("few_test_prompts", "warning", len(prompts), sentence)
