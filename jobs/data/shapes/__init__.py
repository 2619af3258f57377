"""Shapes: how a row of columns is a prompt and its completions; one module each.

To add a shape, add a module with a `SHAPE`; nothing else lists them.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Protocol

import pyarrow as pa

from jobs.data.batch import Batch
from jobs.data.table import Table
from jobs.data.unread import Unread
from jobs.errors import InputError
from jobs.types import Columns


class Shape(Protocol):
    """One way of laying out examples."""

    name: str  # as `Columns.shape` has it
    order: int  # which guess is asked first, the most telling one with 0
    note: str  # a sentence for the person, "" where nothing needs to be said

    def guess(self, table: Table) -> Columns | None:
        """The columns by their exact names, and by what stands in them; None where they differ."""

    def read(self, cells: pa.RecordBatch, columns: Columns, first: int, unread: Unread) -> Batch:
        """Rows as prompts and completions; `first` is the 1-based number of the first row.

        A row that cannot be read goes to `unread`, and where that leaves it out, so does this.
        """


@cache
def shapes() -> tuple[Shape, ...]:
    """Every shape, the most telling one first."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}").SHAPE for name in names]
    return tuple(sorted(found, key=lambda shape: shape.order))


def shape(name: str) -> Shape:
    """The shape of a name."""
    for each in shapes():
        if each.name == name:
            return each
    names = ", ".join(each.name for each in shapes())
    raise InputError(f"There is no shape “{name[:40]}”.", f"Use one of: {names}.")


def guess(table: Table) -> Columns | None:
    """The columns of the first shape that knows them, or None."""
    return next((found for each in shapes() if (found := each.guess(table))), None)
