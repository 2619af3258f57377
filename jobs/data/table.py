"""Columns of text: what cells become, and a whole file, or its head, in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from jobs.data.source import ReadAs
from jobs.data.unread import Unread

TEXT = pa.string()
LIST = pa.list_(pa.string())


@dataclass(frozen=True)
class Table:
    """A file as columns of text; a cell is text, nothing, or a list of texts."""

    columns: tuple[str, ...]
    rows: pa.Table  # columns of type string or list<string>
    notes: tuple[str, ...] = ()  # what was found out or changed while reading, as sentences
    total: int | None = None  # rows in the whole file; None where only its head was read
    reading: ReadAs = field(default_factory=ReadAs)
    sheets: tuple[str, ...] = ()
    unread: Unread | None = None  # lines that were left out, of a format that has lines


def unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Column names without outer white space, gaps or repeats, and what was done to them."""
    out: dict[str, None] = {}
    notes: list[str] = []
    times: dict[str, int] = {}
    trimmed = (name for given in names if (name := given.strip()) and name != given)
    spaced = [*dict.fromkeys(trimmed)]
    if spaced:
        some = ", ".join(f"“{name[:40]}”" for name in spaced[:3]) + (" …" if spaced[3:] else "")
        notes.append(f"White space around column names was taken away: {some}.")
    for position, given in enumerate(names, 1):
        name = given.strip().lstrip("\ufeff")
        if not name:
            name = f"column {position}"
            notes.append(f"Column {position} has no name; it is called “{name}” here.")
        if name in out:
            first, number = name, times.get(name, 1)
            while name in out:
                number += 1
                name = f"{first} ({number})"
            times[first] = number
            notes.append(f"Two columns are called “{first}”; the later one is “{name}” here.")
        out[name] = None
    return tuple(out), tuple(notes)


class Number(str):
    """A number in the digits it was written with: 1.10 is not 1.1, and 7 is not 7.0."""

    __slots__ = ()


def cell(value: Any) -> str | list[str | None] | None:
    """A parsed value as text; a list of plain values stays a list, a structure becomes JSON."""
    if value is None:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(v, list | dict) for v in value):
        return [None if v is None else str(cell(v)) for v in value]
    if isinstance(value, list | dict):
        return as_json(value)
    return str(value)


def as_json(value: Any) -> str:
    """A structure as JSON, its numbers in the digits they were written with."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        parts = (
            f"{json.dumps(str(k), ensure_ascii=False)}: {as_json(v)}" for k, v in value.items()
        )
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False, default=str)


def as_batch(columns: Mapping[str, Sequence[Any]]) -> pa.RecordBatch:
    """Lists of cells, as `cell` gives them, as one batch."""
    arrays = {}
    for name, values in columns.items():
        listed = any(isinstance(value, list) for value in values)
        if listed:
            values = [[v] if isinstance(v, str) else v for v in values]
        arrays[name] = pa.array(values, LIST if listed else TEXT)
    return pa.record_batch(arrays)


def joined(batches: Iterable[pa.RecordBatch], columns: Sequence[str] = ()) -> pa.Table:
    """Batches one below the other, though one may lack a column or have lists where others don't.

    `columns` come first, even those that no batch has.
    """
    every = list(batches)
    names = dict.fromkeys([*columns, *(name for batch in every for name in batch.schema.names)])
    return pa.table({name: _column(every, name) for name in names})


def _column(batches: Sequence[pa.RecordBatch], name: str) -> pa.ChunkedArray:
    found = [batch.schema.get_field_index(name) for batch in batches]
    listed = any(
        at >= 0 and batch.column(at).type == LIST for at, batch in zip(found, batches, strict=True)
    )
    kind = LIST if listed else TEXT
    parts = []
    for at, batch in zip(found, batches, strict=True):
        part = pa.nulls(batch.num_rows, kind) if at < 0 else batch.column(at)
        if part.type != kind:
            part = pa.array([None if v is None else [v] for v in part.to_pylist()], LIST)
        parts.append(part)
    return pa.chunked_array(parts, kind)
