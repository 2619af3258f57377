"""File formats: one module each, whose `FORMAT` opens a file as a `Source`.

To add a format, add a module: it can be read then. For people, README, the Data page
(`studio/pages/bring_form.py`) and the command line (`studio/cli/data.py`) name the kinds of files.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from jobs.data.source import ReadAs, Source
from jobs.data.table import Table, joined
from jobs.errors import DataError, InputError, NotFound

__all__ = ["Format", "ReadAs", "Source", "Table", "check_path", "formats", "open_source"]

MOST_COLUMNS = 10_000


class Format(Protocol):
    """A way of writing rows into a file."""

    name: str
    extensions: tuple[str, ...]  # lower case, with the dot

    def open(self, path: Path, reading: ReadAs, *, whole: bool) -> Source:
        """The file's columns, and its rows on demand.

        `whole` says that every row will be read: what can be known of the encoding by reading
        all of it is then found out first. What cannot be read is a `DataError` that names the line
        and the cure, here or while rows are read.
        """


def formats() -> tuple[Format, ...]:
    """Every format, by the name of its module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return tuple(module.FORMAT for module in modules)


@contextmanager
def open_source(
    path: str | Path, reading: ReadAs | None = None, *, whole: bool = True
) -> Iterator[Source]:
    """A file opened by the format that its ending names."""
    path = check_path(path)
    try:
        with chosen(path).open(path, reading or ReadAs(), whole=whole) as source:
            yield _some_columns(source, path)
    except PermissionError:
        raise InputError(
            f"You may not read “{path.name}”.", "Allow it, or copy the file."
        ) from None
    except MemoryError:
        raise DataError(
            f"“{path.name}” is too large for the memory of this machine.",
            "Split it into smaller files, or save it as Parquet.",
        ) from None


def chosen(path: Path) -> Format:
    """The format of a file by the ending of its name."""
    known = {ending: each for each in formats() for ending in each.extensions}
    found = known.get(path.suffix.lower())
    if found is None:
        raise InputError(
            f"“{path.name}” does not end like a file of examples.",
            f"Use a file that ends in {', '.join(known)}.",
        )
    return found


def read_table(path: str | Path, head: int | None = None, reading: ReadAs | None = None) -> Table:
    """The rows of a file, or its first `head` rows, in memory; at least one row."""
    with open_source(path, reading, whole=head is None) as source:
        batches, count = [], 0
        for batch in source.read(None, head):
            batches.append(batch)
            count += batch.num_rows
            if head is not None and count > head:
                break  # one more than was asked for tells that there are more
        rows = joined(batches, source.columns)
        complete = head is None or count <= head
        if complete and source.unread is not None:
            source.unread.check(count)
        total = source.total if source.total is not None else count if complete else None
        if head is not None:
            rows = rows.slice(0, head)
        if not rows.num_rows:
            raise no_rows(Path(path))
        notes = tuple(source.notes)
        names, unread = tuple(rows.column_names), source.unread
        return Table(names, rows, notes, total, source.reading, source.sheets, unread)


def no_rows(path: Path) -> DataError:
    """A file that can be read and has nothing in it."""
    return DataError(f"“{path.name}” holds no rows.", "Choose a file with one example a row.")


def check_path(path: str | Path) -> Path:
    """The path, once it is known to be a file with something in it."""
    path = Path(path).expanduser()
    try:
        found, size = path.exists(), path.stat().st_size if path.exists() else 0
    except (OSError, ValueError):  # a name that is too long or holds a zero byte
        found, size = False, 0
    shown = path.name if len(path.name) <= 80 else path.name[:77] + "..."
    if not found:
        raise NotFound(f"There is no file “{shown}”.", "Check the path, or choose another file.")
    if path.is_dir():
        raise InputError(f"“{shown}” is a folder.", "Choose a file in it.")
    if not path.is_file():
        raise InputError(f"“{shown}” is not a file.", "Choose a file of examples.")
    if size == 0:
        raise DataError(f"“{shown}” is empty.", "Choose a file with one example a row.")
    return path


def _some_columns(source: Source, path: Path) -> Source:
    if not source.columns and not source.open_ended:
        raise DataError(
            f"“{path.name}” has no columns.", "Choose a file with one column a kind of text."
        )
    if len(source.columns) > MOST_COLUMNS:
        raise DataError(
            f"“{path.name}” has {len(source.columns):,} columns; at most {MOST_COLUMNS:,} are "
            "read.",
            "Keep the columns that hold prompt and completion, and save the file again.",
        )
    return source
