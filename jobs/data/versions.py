"""From one version of a dataset to the next, and what lies between two of them.

A row keeps its side for ever: what was tested stays tested, and a prompt that stands in the test,
in this version or in an earlier one, never comes into training through an edit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from jobs.data.batch import ROWS
from jobs.data.doctor import examine_stored, study
from jobs.data.large import LargeWriter
from jobs.data.mends import Edit, Stored
from jobs.data.normal import normalize
from jobs.data.splits import fold
from jobs.data.storage import FILE, LARGE, SPLITS, Writer, as_rows, size
from jobs.data.stored import StoredRows
from jobs.data.whole import whole_folder
from jobs.errors import InputError, NotFound
from jobs.types import ChangedRow, Example, Finding, Split

STUDIED_AT_ONCE = 20_000  # rows; larger ones are studied by a job
HELD_BACK: tuple[Split, ...] = ("test", "validation")


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
    tested: Collection[str] = (),
) -> Derived:
    """Write into `folder` what an edit makes of the rows in `parent`, and rows that are added.

    `tested` are the normalized prompts of the test in every version there has been. An added row
    goes to where its prompt stands already, else to training. Training streams from file to file;
    what is held back, a small part, lies in memory meanwhile.
    """
    stored = StoredRows(parent)
    made = _Made(start(stored), frozenset(tested))
    for split in HELD_BACK:
        for batch in stored.batches(split):
            made.hold(split, batch.examples)
    new = made.place(_numbered(stored, added))
    with whole_folder(folder) as temporary:
        large = size(parent) > LARGE
        writer = LargeWriter(temporary) if large else Writer(temporary / FILE)
        try:
            for batch in stored.batches("train"):
                writer.add("train", as_rows(made.learn(batch.examples)))
            writer.add("train", as_rows(new))
            for split, rows in made.held():
                for begin in range(0, len(rows), ROWS):
                    writer.add(split, as_rows(rows[begin : begin + ROWS]))
            _refuse_nothing(made.changes, writer.counts["train"])
            writer.close()
        except BaseException:
            writer.abandon()
            raise
    return _described(folder, writer, made.changes)


def _numbered(stored: StoredRows, added: Sequence[Example]) -> list[Example]:
    """New rows with numbers above all that there are."""
    if not added:
        return []
    parts = (batch.rows for split in SPLITS for batch in stored.batches(split))
    last = max((int(rows.max()) for rows in parts if len(rows)), default=0)
    return [replace(row, row=last + place) for place, row in enumerate(added, 1)]


def _refuse_nothing(changes: dict[str, int], learnt: int) -> None:
    if not any(changes.values()):
        raise InputError("No row would change.", "There is nothing to mend here.")
    if not learnt:
        raise InputError(
            "No row would be left to learn from.", "Keep some rows, or add others first."
        )


class _Made:
    """The rows of a version in the making: first test, then validation, then training."""

    def __init__(self, edit: Edit, tested: frozenset[str]) -> None:
        self._edit = edit
        self._tested = tested
        self._held: dict[Split, list[Example]] = {split: [] for split in HELD_BACK}
        self._side: dict[str, Split] = {}  # of each prompt that is held back
        self._moved = False  # whether a held back prompt is another one than it was
        self.changes = {"dropped": 0, "changed": 0, "added": 0}

    def hold(self, split: Split, rows: Sequence[Example]) -> None:
        """Some rows that are held back."""
        for before in rows:
            after = self._become(split, before)
            if after is not None:
                self._moved |= after.prompt != before.prompt
                self._keep(split, after)

    def place(self, added: Sequence[Example]) -> list[Example]:
        """New rows go to their sides; those to learn from are given back."""
        new = []
        for row in added:
            key = normalize(row.prompt)
            side = self._side.get(key, "test" if key in self._tested else "train")
            self.changes["added"] += 1
            if side == "train":
                new.append(row)
            else:
                self._moved = True
                self._keep(side, row)
        if self._moved:
            self._fold()
        return new

    def learn(self, rows: Sequence[Example]) -> list[Example]:
        """Some rows of training; a prompt that an edit brought to what is held back leaves."""
        kept = []
        for before in rows:
            after = self._become("train", before)
            if after is None:
                continue
            if self._moved and normalize(after.prompt) in self._side:
                self.changes["dropped"] += 1
                self.changes["changed"] -= after != before
                continue
            kept.append(after)
        return kept

    def held(self) -> Iterator[tuple[Split, list[Example]]]:
        """The sides that are held back."""
        yield from self._held.items()

    def _become(self, split: Split, before: Example) -> Example | None:
        """What the edit makes of a row; nothing where that belongs to another side."""
        after = self._edit(split, before)
        if after is not None and after.prompt != before.prompt:
            key = normalize(after.prompt)
            if self._side.get(key, "test" if key in self._tested else split) != split:
                after = None
        if after is None:
            self.changes["dropped"] += 1
        else:
            self.changes["changed"] += after != before
        return after

    def _keep(self, split: Split, row: Example) -> None:
        self._held[split].append(row)
        self._side.setdefault(normalize(row.prompt), split)

    def _fold(self) -> None:
        """Equal prompts of a side become one with several references; the test has them first."""
        for split, rows in self._held.items():
            folded = fold(r for r in rows if self._side[normalize(r.prompt)] == split)
            if not self.changes["added"]:  # a row that is added is counted as that
                self.changes["dropped"] += len(rows) - len(folded)
            self._held[split] = folded


def _described(folder: Path, writer: Writer | LargeWriter, changes: dict[str, int]) -> Derived:
    counts: dict[str, int] = {**{split: writer.counts[split] for split in SPLITS}}
    stored = StoredRows(folder)
    findings = examine_stored(stored, counts["test"])
    at_once = sum(counts.values()) <= STUDIED_AT_ONCE
    return Derived(
        counts=counts,
        fingerprint=writer.fingerprint.value(),
        findings=findings + (study(stored) if at_once else ()),
        studied=at_once,
        bytes=size(folder),
        changes=changes,
    )


def tested_prompts(folders: Sequence[Path]) -> set[str]:
    """The normalized prompts that stand in the test of any of these versions."""
    return {
        normalize(prompt)
        for folder in folders
        for batch in StoredRows(folder).batches("test")
        for prompt in batch.asked
    }


def replacing(split: Split, position: int, row: Example | None) -> Callable[[Stored], Edit]:
    """The edit of one row, which is known by its place; `None` drops it."""

    def start(stored: Stored) -> Edit:
        total = stored.count(split)
        if not 0 <= position < total:
            raise NotFound(
                f"There is no row in place {position + 1:,} of this part of the data.",
                f"It has {total:,} rows; look at it again.",
            )
        place = -1

        def edit(side: Split, before: Example) -> Example | None:
            nonlocal place
            if side != split:
                return before
            place += 1
            if place != position:
                return before
            return None if row is None else replace(row, row=before.row)

        return edit

    return start


def unchanged(_: Stored) -> Edit:
    """The edit that leaves every row as it is, for versions that only add rows."""
    return lambda split, row: row


def differences(before: Path, after: Path) -> Iterator[ChangedRow]:
    """The rows that differ, in the order of the file; both versions are read once, side by side."""
    for split in SPLITS:
        yield from _between(split, _by_row(before, split), _by_row(after, split))


def _by_row(folder: Path, split: Split) -> Iterator[tuple[int, list[Example]]]:
    rows = (row for batch in StoredRows(folder).batches(split) for row in batch.examples)
    return ((number, list(group)) for number, group in groupby(rows, key=lambda row: row.row))


def _between(
    split: Split,
    before: Iterator[tuple[int, list[Example]]],
    after: Iterator[tuple[int, list[Example]]],
) -> Iterator[ChangedRow]:
    """Rows of both sides come in the order of their numbers; those of one number are paired."""
    old, new = next(before, None), next(after, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old[0] < new[0]):
            assert old is not None
            yield from (ChangedRow(split, row, None) for row in old[1])
            old = next(before, None)
        elif old is None or new[0] < old[0]:
            yield from (ChangedRow(split, None, row) for row in new[1])
            new = next(after, None)
        else:
            gone = [row for row in old[1] if row not in new[1]]
            come = [row for row in new[1] if row not in old[1]]
            for index in range(max(len(gone), len(come))):
                yield ChangedRow(
                    split,
                    gone[index] if index < len(gone) else None,
                    come[index] if index < len(come) else None,
                )
            old, new = next(before, None), next(after, None)
