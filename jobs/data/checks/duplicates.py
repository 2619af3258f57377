"""Rows that say the same twice, and prompts that are answered in different ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from jobs.data.checks import Sheet, first
from jobs.data.splits import normalize
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 30


def check(sheet: Sheet) -> Iterable[Finding]:
    answers: defaultdict[str, set[str]] = defaultdict(set)
    rows: defaultdict[str, list[int]] = defaultdict(list)
    repeated: list[int] = []
    for row in sheet.rows:
        if not row.prompt or not row.references:
            continue
        key, answer = normalize(row.prompt), row.references[0].strip()
        if answer in answers[key]:
            repeated.append(row.row)
        answers[key].add(answer)
        rows[key].append(row.row)
    if repeated:
        verb = "repeats" if len(repeated) == 1 else "repeat"
        sentence = f"{count_of(len(repeated), 'row')} {verb} an earlier prompt and completion."
        yield Finding("duplicates", "note", len(repeated), sentence, first(repeated))
    differing = [key for key, texts in answers.items() if len(texts) > 1]
    if differing:
        has = "has" if len(differing) == 1 else "have"
        sentence = (
            f"{count_of(len(differing), 'prompt')} {has} more than one completion. That is right "
            "where several answers are good; in a test each counts as a reference."
        )
        where = first(rows[key][0] for key in differing)
        yield Finding("different_completions", "note", len(differing), sentence, where)
