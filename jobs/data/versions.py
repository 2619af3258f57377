"""From one version of a dataset to the next, and what lies between two of them.

A row keeps its side for ever: what was tested stays tested, and a prompt that stands in the test,
in this version or in an earlier one, never comes into training through an edit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from jobs.data.batch import Batch
from jobs.data.deriving import HELD_BACK, Made
from jobs.data.doctor import Examination, study
from jobs.data.large import LargeWriter
from jobs.data.mends import Edit, Places, Selective, Stored
from jobs.data.progress import OnProgress, Progress, silent
from jobs.data.storage import FILE, LARGE, SPLITS, Writer, as_rows, row_numbers, size
from jobs.data.stored import StoredRows
from jobs.data.threads import Going, in_turns
from jobs.data.whole import closed_whole, whole_folder
from jobs.errors import InputError, NotFound
from jobs.types import Example, Finding, Split

STUDIED_AT_ONCE = 20_000  # rows; larger ones are studied by a job
NOBODY = np.zeros(0, np.uint64)


@dataclass(frozen=True)
class Derived:
    """A version that lies whole in its folder."""

    counts: dict[str, int]
    fingerprint: str
    findings: tuple[Finding, ...]
    studied: bool
    bytes: int
    changes: dict[str, int]  # rows dropped, changed, added


def derive(
    parent: Path,
    folder: Path,
    start: Callable[[Stored], Edit],
    *,
    added: Sequence[Example] = (),
    tested: np.ndarray = NOBODY,
    progress: OnProgress = silent,
) -> Derived:
    """Write into `folder` what an edit makes of the rows in `parent`, and rows that are added.

    `tested` are the keys of the prompts of the test in every version there has been. An added row
    goes to where its prompt stands already, else to training. Training streams from file to file;
    what is held back, a small part, lies in memory meanwhile. The checks look on. What `progress`
    raises ends it; then the folder is not to be used.
    """
    stored = StoredRows(parent)
    total = sum(stored.count(split) for split in SPLITS)

    def told(phase: str, rows: int = 0, share: float = 0.0) -> None:
        progress(Progress(phase, share, rows))

    made = Made(start(Watched(stored, partial(told, "Looking at the rows"))), tested)
    watched = Watched(stored, lambda rows: told("Writing the rows", rows, rows / total))
    for split in HELD_BACK:
        for batch in watched.batches(split):
            made.hold(split, batch)
    new = as_rows(made.place(_numbered(parent, added)))
    examination = Examination()

    with whole_folder(folder) as temporary:
        large = size(parent) > LARGE
        writer = LargeWriter(temporary) if large else Writer(temporary / FILE)
        with closed_whole(writer):
            _written(made.rows(watched.batches("train"), new), writer, examination)
            _refuse_nothing(made.changes, writer.counts["train"])
    looking = partial(told, "Looking for what stands out", total, 1.0)
    return _described(folder, writer, examination, made.changes, looking)


class Watched:
    """The rows of a dataset, as `Stored` has them; `seen` is told how many were read so far."""

    def __init__(self, stored: Stored, seen: Callable[[int], None]) -> None:
        self.count, self.rows = stored.count, stored.rows
        self._stored, self._seen, self._read = stored, seen, 0

    def batches(self, split: Split) -> Iterator[Batch]:
        """All rows of a split; what `seen` raises ends them."""
        for batch in self._stored.batches(split):
            yield batch
            self._read += len(batch)
            self._seen(self._read)


def _written(
    rows: Iterator[tuple[Split, pa.RecordBatch]],
    writer: Writer | LargeWriter,
    examination: Examination,
) -> None:
    """Write the rows, with the checks looking on."""

    def seen() -> Iterator[tuple[Split, pa.RecordBatch, Batch]]:
        for split, some in rows:
            prompts, references, numbers = some.columns
            yield split, some, Batch(prompts, references, numbers.to_numpy())

    def use(item: tuple[Split, pa.RecordBatch, Batch]) -> None:
        split, some, batch = item
        writer.add(split, some, batch.digested)
        examination.feed(batch, test=split == "test")

    with closing(in_turns(seen(), lambda item: item[2].prepare(), use)) as written:
        deque(written, 0)


def _numbered(folder: Path, added: Sequence[Example]) -> list[Example]:
    """New rows with numbers above all that there are."""
    if not added:
        return []
    last = max(int(row_numbers(folder, split).max(initial=0)) for split in SPLITS)
    return [replace(row, row=last + place) for place, row in enumerate(added, 1)]


def _refuse_nothing(changes: dict[str, int], learnt: int) -> None:
    if not any(changes.values()):
        raise InputError(
            "No row would change.",
            "Nothing of it is learnt from: what was found stands in what is kept for validation or "
            "the test, or was mended before.",
        )
    if not learnt:
        raise InputError(
            "No row would be left to learn from.", "Keep some rows, or add others first."
        )


def _described(
    folder: Path,
    writer: Writer | LargeWriter,
    examination: Examination,
    changes: dict[str, int],
    going: Going,
) -> Derived:
    counts: dict[str, int] = {**{split: writer.counts[split] for split in SPLITS}}
    findings = examination.findings(lambda: counts["test"], going)
    at_once = sum(counts.values()) <= STUDIED_AT_ONCE
    return Derived(
        counts=counts,
        fingerprint=writer.fingerprint.value(),
        findings=findings + (study(StoredRows(folder)) if at_once else ()),
        studied=at_once,
        bytes=size(folder),
        changes=changes,
    )


def tested_keys(folders: Sequence[Path]) -> np.ndarray:
    """The keys of the prompts that stand in the test of any of these versions, in order."""
    batches = (batch for folder in folders for batch in StoredRows(folder).batches("test"))
    return np.unique(np.concatenate([NOBODY, *(batch.keys for batch in batches)]))


def replacing(split: Split, position: int, row: Example | None) -> Callable[[Stored], Edit]:
    """The edit of one row, which is known by its place; `None` drops it."""

    def start(stored: Stored) -> Edit:
        total = stored.count(split)
        if not 0 <= position < total:
            raise NotFound(
                f"There is no row in place {position + 1:,} of this part of the data.",
                f"It has {total:,} rows; look at it again.",
            )
        return Selective(
            Places({split: [position]}).near,
            lambda side, before: None if row is None else replace(row, row=before.row),
        )

    return start


def unchanged(_: Stored) -> Edit:
    """The edit that leaves every row as it is, for versions that only add rows."""
    return Selective(Places({}).near, lambda split, row: row)
