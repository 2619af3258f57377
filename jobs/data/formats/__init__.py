"""File formats: one module each, whose `FORMAT` reads a file into a `Table`.

To add a format, add a module; nothing else lists them.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Protocol

from jobs.data.table import Table
from jobs.errors import DataError, InputError, NotFound

__all__ = ["Format", "Table", "check_path", "formats", "read_table"]


class Format(Protocol):
    """A way of writing rows into a file."""

    name: str
    extensions: tuple[str, ...]  # lower case, with the dot

    def read(self, path: Path, head: int | None = None) -> Table:
        """All rows, or about the first `head` without reading much further.

        What cannot be read is a `DataError` that names the line and the cure.
        """


def formats() -> tuple[Format, ...]:
    """Every format, by the name of its module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").FORMAT for name in names)


def read_table(path: str | Path, head: int | None = None) -> Table:
    """The rows of a file, read by the format that its ending names; at least one row."""
    path = check_path(path)
    known = {ending: each for each in formats() for ending in each.extensions}
    chosen = known.get(path.suffix.lower())
    if chosen is None:
        raise InputError(
            f"“{path.name}” does not end like a file of examples.",
            f"Use a file that ends in {', '.join(known)}.",
        )
    try:
        table = chosen.read(path, head)
    except PermissionError:
        raise InputError(
            f"You may not read “{path.name}”.", "Allow it, or copy the file."
        ) from None
    except MemoryError:
        raise DataError(
            f"“{path.name}” is too large for the memory of this machine.",
            "Split it into smaller files, or save it as Parquet.",
        ) from None
    if not table.rows.num_rows:
        raise DataError(f"“{path.name}” holds no rows.", "Choose a file with one example a row.")
    return table


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
