"""A look at a file before it becomes a dataset; large files are looked at from their beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jobs.data.columns import check, guess, prompt_parts_or_none
from jobs.data.doctor import examine
from jobs.data.formats import check_path, read_table
from jobs.data.normal import normalize
from jobs.data.rows import read_rows, usable
from jobs.data.shapes import shape
from jobs.data.shapes.chat import unread_chats
from jobs.data.source import ReadAs
from jobs.data.splits import TEST_SHARE, share_for
from jobs.data.table import Table
from jobs.data.unread import Unread
from jobs.types import Columns, Example, Finding

WHOLE_FILE = 16 << 20  # bytes up to which a preview reads everything
PACKED = (".zip", ".parquet", ".pq")  # much larger than they look
HEAD = 2000  # rows that it reads of larger files


@dataclass(frozen=True)
class Preview:
    """What the Data page shows of a file."""

    source: str  # the file's name
    columns: tuple[str, ...]
    guess: Columns | None  # by the names of the columns, whatever was asked for
    chosen: Columns | None  # what was asked for, or the guess; None where it must be asked
    cards: tuple[Example, ...]
    rows: int | None  # in the whole file; None where only the head was read
    looked_at: int  # rows that findings speak of
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    reading: ReadAs = field(default_factory=ReadAs)  # how it was read, set or found out
    sheets: tuple[str, ...] = ()  # of a workbook or an archive, to choose from
    # What beside them cannot be read, where that was asked for: how many of "line", of "row".
    left_out: tuple[tuple[str, int], ...] = ()
    raw: tuple[tuple[str, ...], ...] = ()  # the first rows as they stand, a text for each column
    unread: str = ""  # which, and what is wrong with the first, in words
    prompts: int = 0  # different ones among the rows that were looked at and can be used

    @property
    def whole(self) -> bool:
        """Whether every row was looked at."""
        return self.rows == self.looked_at

    def tested(self, share: float) -> int | None:
        """About how many prompts a share keeps for the test; None where too little is known."""
        return max(1, round(share * self.prompts)) if self.whole and self.prompts else None

    @property
    def share(self) -> float:
        """The share to begin with: a tenth, and more of a small file, up to the half of it."""
        return share_for(self.prompts) if self.whole else TEST_SHARE

    @property
    def used(self) -> frozenset[str]:
        """The columns that were chosen."""
        if self.chosen is None:
            return frozenset()
        parts = prompt_parts_or_none(self.columns, self.chosen.prompt) or ()
        return frozenset((*parts, *self.chosen.completions))

    @property
    def prompt_choices(self) -> tuple[str, ...]:
        """What may be named as the prompt: every column, and a joint one where it is the guess."""
        joint = self.guess.prompt if self.guess else ""
        return self.columns if not joint or joint in self.columns else (joint, *self.columns)


def preview(
    path: str | Path,
    *,
    prompt: str | None = None,
    completions: Sequence[str] = (),
    reading: ReadAs | None = None,
    limit: int = 3,
) -> Preview:
    """The columns, their guess, the first examples as cards, and what the doctor says."""
    path = check_path(path)
    small = path.stat().st_size <= WHOLE_FILE and path.suffix.lower() not in PACKED
    table = read_table(path, head=None if small else HEAD, reading=reading)
    guessed = guess(table)
    chosen = check(table, prompt, completions) if prompt or completions else guessed
    leave_out = reading is not None and reading.leave_out
    unread = Unread(path.name, leave_out=leave_out, unit="row")
    rows = read_rows(table, chosen, unread) if chosen else []
    if table.total is not None:
        unread.check(len(rows))
    left_out = [each for each in (table.unread, unread) if each]
    notes = table.notes
    if table.total is None or table.total > table.rows.num_rows:
        notes += (f"The file is large: only its first {table.rows.num_rows:,} rows were read.",)
    if guessed is None:
        notes += unread_chats(table)
    if chosen and shape(chosen.shape).note:
        notes += (shape(chosen.shape).note,)
    return Preview(
        source=path.name,
        columns=table.columns,
        guess=guessed,
        chosen=chosen,
        cards=tuple(usable(rows)[:limit]),
        rows=table.total,
        looked_at=table.rows.num_rows,
        findings=examine(rows) if chosen else (),
        notes=notes,
        reading=replace(table.reading, leave_out=leave_out),  # of chats in any format
        sheets=table.sheets,
        left_out=tuple((each.unit, len(each)) for each in left_out),
        raw=_as_they_stand(table, limit),
        unread=" ".join(each.told for each in left_out),
        prompts=len({normalize(row.prompt) for row in usable(rows)}),
    )


def _as_they_stand(table: Table, limit: int) -> tuple[tuple[str, ...], ...]:
    """The first rows before any column is chosen; a list is shown with a text a line."""
    return tuple(
        tuple(_text(row[name]) for name in table.columns)
        for row in table.rows.slice(0, limit).to_pylist()
    )


def _text(cell: str | list[str | None] | None) -> str:
    if isinstance(cell, list):
        return "\n".join(text for text in cell if text is not None)
    return cell or ""
