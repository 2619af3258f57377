"""A few completions in another language of the Latin script than all the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from jobs.data.checks import Tally, lowest
from jobs.data.languages import language_of
from jobs.data.mends import Edit, Mend, Stored
from jobs.data.words import count_of
from jobs.types import Example, Finding, Split

HARM = 44
MOST = 0.8  # of the rows whose language is known are in one, or the mixture is meant
WHY = (
    "A few rows in another language teach the model to change language where nobody asked for it. "
    "Keep them if both are wanted."
)


def study(stored: Stored, progress: Callable[[int], None]) -> Iterator[Finding]:
    """By the small words of each language; a row too short to tell counts for none."""
    found: dict[str, Tally] = {}
    for split in ("train", "validation", "test"):
        for batch in stored.batches(split):
            for row, answer in zip(batch.rows.tolist(), batch.said, strict=True):
                language = language_of(answer)
                if language:
                    found.setdefault(language, Tally()).add([row])
            progress(len(batch))
    name = _common(Counter({language: hits.count for language, hits in found.items()}))
    if not name:
        return
    others = {language: hits for language, hits in found.items() if language != name}
    count = sum(hits.count for hits in others.values())
    told = ", ".join(f"{hits.count:,} in {language}" for language, hits in others.items())
    verb = "is" if count == 1 else "are"
    sentence = f"{count_of(count, 'completion')} {verb} not in {name} as the others: {told}."
    rows = lowest(row for hits in others.values() for row in hits.rows)
    label = MENDS["mixed_languages"].label
    yield Finding("mixed_languages", "note", count, sentence, rows, WHY, label)


def _common(counts: Counter[str]) -> str:
    if len(counts) < 2:
        return ""
    name, most = counts.most_common(1)[0]
    return name if most >= MOST * counts.total() else ""


def _one_language(stored: Stored) -> Edit:
    counts: Counter[str] = Counter()
    for split in ("train", "validation", "test"):
        for batch in stored.batches(split):
            counts.update(filter(None, map(language_of, batch.said)))
    name = _common(counts)

    def edit(split: Split, row: Example) -> Example | None:
        if split == "test" or not name:
            return row
        return row if language_of(row.references[0]) in ("", name) else None

    return edit


MENDS = {
    "mixed_languages": Mend(
        "Leave these rows out", "Rows in other languages left out", _one_language
    )
}
