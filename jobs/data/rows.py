"""From columns to examples: one a row, blank ones included so that they can be reported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.data.batch import TEXTS, Batch
from jobs.data.compiled import passes
from jobs.data.glance import Mark, glance
from jobs.data.naming import JOINT
from jobs.data.raw import buffers
from jobs.data.table import TEXT, Table
from jobs.data.unread import Unread
from jobs.data.white import white
from jobs.types import Columns, Example


def read_rows(table: Table, columns: Columns, unread: Unread) -> list[Example]:
    """Every row of a table as an example; `references` keeps completions that are not blank.

    A row that cannot be read goes to `unread`.
    """
    from jobs.data.shapes import shape

    examples: list[Example] = []
    first = 1
    for cells in table.rows.to_batches():
        examples += shape(columns.shape).read(cells, columns, first, unread).examples
        first += cells.num_rows
    return examples


def usable(rows: Iterable[Example]) -> list[Example]:
    """The rows that have a prompt and a completion."""
    return [row for row in rows if row.prompt and row.references]


def read_pairs(cells: pa.RecordBatch, columns: Columns, first: int) -> Batch:
    """Rows of a prompt and completions in columns of their own.

    A cell that is nothing becomes an empty text; the words “None” and “null” stay words.
    """
    whole = (columns.prompt,) if columns.prompt in cells.schema.names else None
    prompts = [_column(cells, name) for name in whole or columns.prompt.split(JOINT)]
    completions = [_column(cells, name) for name in columns.completions]
    rows = np.arange(first, first + cells.num_rows, dtype=np.int64)
    if len(prompts) == len(completions) == 1 and {prompts[0].type, completions[0].type} == {TEXT}:
        return _usual(_whole(prompts[0]), _whole(completions[0]), rows)
    texts = [[_texts(value) for value in column.to_pylist()] for column in prompts]
    answers = [[_texts(value) for value in column.to_pylist()] for column in completions]
    joint, references = [], []
    for index in range(cells.num_rows):
        joint.append("\n\n".join(t for column in texts for t in column[index] if t.strip()))
        given = [t for column in answers for t in column[index] if t.strip()]
        references.append(list(dict.fromkeys(given)))
    return Batch(pa.array(joint, TEXT), pa.array(references, TEXTS), rows)


def _column(cells: pa.RecordBatch, name: str) -> pa.Array:
    """A column of a batch, nothing but gaps where none of its rows has it."""
    at = cells.schema.get_field_index(name)
    return cells.column(at) if at >= 0 else pa.nulls(cells.num_rows, TEXT)


def _texts(value: str | list[str | None] | None) -> Sequence[str]:
    """The texts of a cell: none, one, or those of a list."""
    return (value,) if isinstance(value, str) else [v for v in value or () if v is not None]


def _usual(prompts: pa.Array, completions: pa.Array, rows: np.ndarray) -> Batch:
    """Rows of two columns of texts."""
    told = glance(prompts, completions)
    if told is None or told.any(Mark.BLANK):
        prompts, completions = _filled(prompts), _filled(completions)
    answered = told is not None and not told.any(Mark.NO_COMPLETION)
    return Batch(prompts, _one_each(completions) if answered else _listed(completions), rows, told)


def _one_each(texts: pa.Array) -> pa.ListArray:
    """Each text as a list of one."""
    return pa.ListArray.from_arrays(pa.array(np.arange(len(texts) + 1, dtype=np.int32)), texts)


def _whole(texts: pa.Array) -> pa.Array:
    """Texts with "" in the place of gaps."""
    return pc.fill_null(texts, "") if texts.null_count else texts


def _filled(texts: pa.Array) -> pa.Array:
    """Texts with "" in the place of white space alone."""
    blank = _blank(texts)
    return pc.if_else(pa.array(blank), "", texts) if blank.any() else texts


def _blank(texts: pa.Array) -> np.ndarray:
    """Which texts hold nothing but white space, and some of it."""
    starts, data = buffers(texts)
    compiled = passes()
    if compiled is not None:
        return compiled.blank(starts, data, white())
    full = np.flatnonzero(np.diff(starts))
    first = data[starts[:-1][full]]
    doubtful = full[first - np.uint8(33) >= 95]  # no text that begins with another sign is blank
    blank = np.zeros(len(texts), bool)
    blank[doubtful] = [not text.strip() for text in texts.take(pa.array(doubtful)).to_pylist()]
    return blank


def _listed(texts: pa.Array) -> pa.ListArray:
    """Each text that is not empty as a list of one."""
    full = np.diff(buffers(texts)[0]) > 0
    ends = np.zeros(len(texts) + 1, np.int32)
    np.cumsum(full, out=ends[1:])
    values = texts if full.all() else texts.filter(pa.array(full))
    return pa.ListArray.from_arrays(pa.array(ends), values)
