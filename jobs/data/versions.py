"""From one version of a dataset to the next, and what lies between two of them.

A row keeps its side for ever: what was tested stays tested, and a prompt that stands in the test,
in this version or in an earlier one, never comes into training through an edit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from jobs.data.doctor import examine_stored, study
from jobs.data.mends import Edit, Stored
from jobs.data.normal import normalize
from jobs.data.splits import fold
from jobs.data.storage import FILE, SPLITS, fingerprint
from jobs.data.stored import StoredRows
from jobs.data.whole import write_whole
from jobs.errors import InputError, NotFound
from jobs.types import ChangedRow, Example, Finding, Split

STUDIED_AT_ONCE = 20_000  # rows; larger ones are studied by a job
ORDER: tuple[Split, ...] = ("test", "validation", "train")


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
    goes to where its prompt stands already, else to training.
    """
    stored = StoredRows(parent)
    edit = start(stored)
    made = _Made(frozenset(tested))
    for split in ORDER:
        for batch in stored.batches(split):
            for row in batch.examples:
                made.take(split, row, edit(split, row))
    for row in added:
        made.add(row)
    sides = made.finish()
    write_whole(folder, sides)
    return _described(folder, sides, made.changes)


class _Made:
    """The sides of a version in the making, test and validation before training."""

    def __init__(self, tested: frozenset[str]) -> None:
        self._tested = tested
        self._rows: dict[Split, list[Example]] = {split: [] for split in SPLITS}
        self._side: dict[str, Split] = {}  # of each prompt that is held back
        self._last = 0
        self._moved = False
        self.changes = {"dropped": 0, "changed": 0, "added": 0}

    def take(self, split: Split, before: Example, after: Example | None) -> None:
        """What became of a row of the parent."""
        self._last = max(self._last, before.row)
        if after is not None and after is not before and after.prompt != before.prompt:
            self._moved = True
            if self._elsewhere(split, normalize(after.prompt)):
                after = None
        if after is None:
            self.changes["dropped"] += 1
            return
        self.changes["changed"] += after != before
        self._keep(split, after)

    def add(self, row: Example) -> None:
        """A row that is new."""
        self._last += 1
        row = replace(row, row=self._last)
        key = normalize(row.prompt)
        side = self._side.get(key, "test" if key in self._tested else "train")
        self._moved = True
        self.changes["added"] += 1
        self._keep(side, row)

    def finish(self) -> dict[Split, list[Example]]:
        """All sides; equal prompts of test and validation become one with several references."""
        if not any(self.changes.values()):
            raise InputError("No row would change.", "There is nothing to mend here.")
        if self._moved:
            self._part()
            for split in ("test", "validation"):
                folded = fold(self._rows[split])
                if not self.changes["added"]:  # a row that is added is counted as that
                    self.changes["dropped"] += len(self._rows[split]) - len(folded)
                self._rows[split] = folded
        if not self._rows["train"]:
            raise InputError(
                "No row would be left to learn from.", "Keep some rows, or add others first."
            )
        return self._rows

    def _keep(self, split: Split, row: Example) -> None:
        self._rows[split].append(row)
        if split != "train":
            self._side.setdefault(normalize(row.prompt), split)

    def _elsewhere(self, split: Split, key: str) -> bool:
        """Whether a prompt belongs to another side than the one that a row would bring it to."""
        side = self._side.get(key, "test" if key in self._tested else split)
        return side != split

    def _part(self) -> None:
        """Where an edit brought a prompt to two sides, the one that is held back has it."""
        for split in ("train", "validation"):
            rows = self._rows[split]
            kept = [r for r in rows if self._side.get(normalize(r.prompt), split) == split]
            self.changes["dropped"] += len(rows) - len(kept)
            self._rows[split] = kept


def _described(folder: Path, sides: dict[Split, list[Example]], changes: dict[str, int]) -> Derived:
    counts: dict[str, int] = {split: len(rows) for split, rows in sides.items()}
    stored = StoredRows(folder)
    findings = examine_stored(stored, counts["test"])
    at_once = sum(counts.values()) <= STUDIED_AT_ONCE
    return Derived(
        counts=counts,
        fingerprint=fingerprint(sides),
        findings=findings + (study(stored) if at_once else ()),
        studied=at_once,
        bytes=(folder / FILE).stat().st_size,
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
    """The edit of one row, which is known by its place; `None` drops it.

    The references that the row has beyond the first are kept where the new row has one alone.
    """

    def start(stored: Stored) -> Edit:
        total = sum(len(batch) for batch in stored.batches(split))
        if not 0 <= position < total:
            raise NotFound(
                f"There is no row {position + 1} in this part of the data.",
                f"It has {total:,} rows.",
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
