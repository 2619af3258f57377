"""Rows that say nearly the same as an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from jobs.data.batch import Batch
from jobs.data.checks import MOST_ROWS
from jobs.data.mends import Mend, Stored, leaving_places_out
from jobs.data.nearness import SHORTEST, Print, bands, candidates, chunks, near, plain
from jobs.data.normal import normalize
from jobs.data.words import count_of
from jobs.types import Example, Finding

HARM = 28
WHY = (
    "Nearly the same is learnt nearly twice. A few do little harm; many make the data look larger "
    "than it is."
)


def study(stored: Stored, progress: Callable[[int], None]) -> Iterator[Finding]:
    """Over the rows of training, prompt and completion together; linear in their number."""
    found = near_duplicates(stored, progress)
    if found:
        verb = "says" if len(found) == 1 else "say"
        sentence = (
            f"{count_of(len(found), 'row')} {verb} nearly the same as an earlier one, prompt and "
            "completion."
        )
        rows = tuple(sorted(row.row for row in found.values())[:MOST_ROWS])
        label = MENDS["near_duplicates"].label
        yield Finding("near_duplicates", "note", len(found), sentence, rows, WHY, label)


def near_duplicates(
    stored: Stored, progress: Callable[[int], None] = lambda rows: None
) -> Mapping[int, Example]:
    """Rows of training that are near an earlier one and not equal to it, by their position."""
    parts, positions, seen = [], [], 0
    for batch in stored.batches("train"):
        texts = _texts(batch)
        long = [i for i, text in enumerate(texts) if len(text) >= SHORTEST]
        parts.append(bands([texts[i] for i in long]))
        positions.append(np.array(long, np.int64) + seen)
        seen += len(batch)
        progress(len(batch))
    if not parts:
        return {}
    where = np.concatenate(positions)
    found: dict[int, Example] = {}
    for some in chunks(candidates(np.concatenate(parts))):
        wanted = np.unique(where[some])
        rows = dict(zip(wanted.tolist(), stored.rows("train", wanted.tolist()), strict=True))
        prints: dict[int, tuple[Print, Print]] = {}
        for earlier, later in where[some].tolist():
            if later in found or _equal(rows[earlier], rows[later]):
                continue
            for position in (earlier, later):
                if position not in prints:
                    row = rows[position]
                    prints[position] = Print.of(row.prompt), Print.of(row.references[0])
            (asked, said), (asked_then, said_then) = prints[later], prints[earlier]
            if near(asked, asked_then) and near(said, said_then):
                found[later] = rows[later]
    return found


def _texts(batch: Batch) -> list[str]:
    return [
        plain(f"{prompt}\n{answer}") for prompt, answer in zip(batch.asked, batch.said, strict=True)
    ]


def _equal(one: Example, other: Example) -> bool:
    """Equal ones are another check's."""
    same = one.references[0].strip() == other.references[0].strip()
    return same and normalize(one.prompt) == normalize(other.prompt)


MENDS = {
    "near_duplicates": Mend(
        "Keep each once",
        "Nearly equal rows left out",
        leaving_places_out(lambda stored: near_duplicates(stored).keys()),
    ),
}
