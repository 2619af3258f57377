"""Workbooks: XLSX, XLS, XLSB and ODS. Formulas give the value they were saved with."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.data.formats import no_rows
from jobs.data.layout import looks_like_rows
from jobs.data.source import ROWS, ReadAs, Source
from jobs.data.table import as_batch, unique_names
from jobs.errors import DataError, InputError

LARGEST = 1 << 28  # bytes of all that is packed in a workbook; its rows lie in memory at once
MOST_RATIO = 400  # of unpacked to packed: sheets of text stay well below it
CURE = "Open it in the program it came from and save it again, or save the sheet as CSV."


class Workbook:
    name = "Workbook"
    extensions = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

    def open(self, path: Path, reading: ReadAs, *, whole: bool) -> Source:
        from python_calamine import CalamineError, PasswordError, load_workbook

        _refuse_bombs(path)
        try:
            book = load_workbook(str(path))
            names = tuple(book.sheet_names)
            sheet, cells = _chosen(path, book, names, reading.sheet)
        except PasswordError:
            raise DataError(
                f"“{path.name}” is locked with a password.", "Save a copy without one."
            ) from None
        except (CalamineError, OSError, ValueError) as error:
            raise DataError(
                f"“{path.name}” is not a whole workbook.", CURE, detail=str(error)
            ) from None
        if not cells:
            raise no_rows(path)
        return _source(cells, names, sheet, reading.header)


FORMAT = Workbook()


def _source(
    cells: list[list[str]], sheets: tuple[str, ...], sheet: str, header: bool | None
) -> Source:
    first, second = cells[0], cells[1] if len(cells) > 1 else []
    if header is None:
        header = not looks_like_rows(first, second)
    names, renamed = unique_names(first if header else [""] * len(first))
    if not header:
        renamed = ("The first row holds an example, no names; the columns are numbered here.",)
    notes = [f"Of {len(sheets)} sheets “{sheet}” is read."] if len(sheets) > 1 else []
    rows = cells[1:] if header else cells

    def read(columns: Sequence[str] | None, head: int | None) -> Iterator[pa.RecordBatch]:
        wanted = [names.index(name) for name in (columns or names)]
        some = iter(rows if head is None else rows[: head + 1])
        while batch := list(islice(some, ROWS)):
            yield as_batch({names[i]: [row[i] for row in batch] for i in wanted})

    return Source(
        columns=names,
        read=read,
        reading=ReadAs(sheet=sheet, header=header),
        notes=[*notes, *renamed],
        sheets=sheets,
        total=len(rows),
    )


def text_of(value: Any) -> str:
    """A cell as a person sees it: 7 is not 7.0, a day is 2024-01-02."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _chosen(
    path: Path, book: Any, names: tuple[str, ...], wanted: str | None
) -> tuple[str, list[list[str]]]:
    """The sheet that is wanted, or the first that holds examples, with its rows."""
    if not names:
        raise no_rows(path)
    if wanted is not None and wanted not in names:
        listed = ", ".join(f"“{name[:40]}”" for name in names[:12])
        raise InputError(f"“{path.name}” has no sheet “{wanted[:80]}”.", f"There are {listed}.")
    if wanted is None:
        for name in names:
            cells = _cells(book, name)
            if _holds_examples(cells):
                return name, cells
    sheet = wanted or names[0]
    return sheet, _cells(book, sheet)


def _cells(book: Any, sheet: str) -> list[list[str]]:
    """The rows of a sheet, without empty ones."""
    rows = book.get_sheet_by_name(sheet).iter_rows()
    cells = ([text_of(value) for value in row] for row in rows)
    return [row for row in cells if any(row)]


def _holds_examples(cells: list[list[str]]) -> bool:
    """Whether there are two rows with two cells each: a cover or a note has none."""
    pairs = (row for row in cells if sum(map(bool, row)) > 1)
    return len(list(islice(pairs, 2))) == 2


def _refuse_bombs(path: Path) -> None:
    """A workbook is a ZIP archive: look at how large it gets before it does."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise DataError(
            f"“{path.name}” is not a whole workbook.", CURE, detail=str(error)
        ) from None
    size = path.stat().st_size
    if unpacked > LARGEST or (unpacked > 1 << 24 and unpacked > MOST_RATIO * size):
        raise DataError(
            f"“{path.name}” unpacks to {unpacked / 1e6:,.0f} MB, too much for a workbook.",
            "Save the sheet with the examples as CSV.",
        )
