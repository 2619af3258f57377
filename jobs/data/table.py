"""What every format becomes, once, at the edge: columns of text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

TEXT = pa.string()
LIST = pa.list_(pa.string())
CHUNK = 8192  # rows that are kept as Python objects before they become Arrow columns


@dataclass(frozen=True)
class Table:
    """A file as columns of text; a cell is text, nothing, or a list of texts."""

    columns: tuple[str, ...]
    rows: pa.Table  # columns of type string or list<string>
    lines: Sequence[int] | None = None  # 1-based line of each row in the file, where that is known
    notes: tuple[str, ...] = ()  # what was found out or changed while reading, as sentences
    total: int | None = None  # rows in the whole file; None where only its head was read


def unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Column names without outer white space, gaps or repeats, and what was done to them."""
    out: list[str] = []
    notes: list[str] = []
    for position, given in enumerate(names, 1):
        name = given.strip().lstrip("\ufeff")
        if not name:
            name = f"column {position}"
            notes.append(f"Column {position} has no name; it is called “{name}” here.")
        if name in out:
            again = next(
                f"{name} ({n})" for n in range(2, len(names) + 2) if f"{name} ({n})" not in out
            )
            notes.append(f"Two columns are called “{name}”; the later one is “{again}” here.")
            name = again
        out.append(name)
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


class TableBuilder:
    """Collects rows that are mappings, with whatever keys each has, into a `Table`."""

    def __init__(self) -> None:
        self._pending: list[dict[str, Any]] = []
        self._lines: list[int] = []
        self._order: dict[str, None] = {}
        self._chunks: list[tuple[int, dict[str, pa.Array]]] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, row: dict[str, Any], line: int) -> None:
        """Take one row; raises `UnicodeEncodeError` where a text holds half a surrogate pair."""
        cells = {key: cell(value) for key, value in row.items()}
        for key, value in cells.items():
            self._order.setdefault(key)
            for text in [key, *(value if isinstance(value, list) else [value])]:
                if text is not None and not text.isascii():
                    text.encode()
        self._pending.append(cells)
        self._lines.append(line)
        if len(self._pending) >= CHUNK:
            self._flush()

    def finish(self, notes: tuple[str, ...] = (), *, complete: bool = True) -> Table:
        self._flush()
        names = tuple(self._order)
        columns = [self._column(name) for name in names]
        shown, renamed = unique_names(names)
        rows = pa.table(dict(zip(shown, columns, strict=True)))
        total = len(self) if complete else None
        return Table(shown, rows, tuple(self._lines), notes + renamed, total)

    def _flush(self) -> None:
        arrays = {}
        for name in self._order:
            values = [row.get(name) for row in self._pending]
            listed = any(isinstance(value, list) for value in values)
            if listed:
                values = [[v] if isinstance(v, str) else v for v in values]
            arrays[name] = pa.array(values, LIST if listed else TEXT)
        if self._pending:
            self._chunks.append((len(self._pending), arrays))
        self._pending = []

    def _column(self, name: str) -> pa.ChunkedArray:
        listed = any(chunk[name].type == LIST for _, chunk in self._chunks if name in chunk)
        kind = LIST if listed else TEXT
        parts = []
        for count, chunk in self._chunks:
            part = chunk.get(name)
            if part is None:
                part = pa.nulls(count, kind)
            elif listed and part.type == TEXT:
                part = pa.array([None if v is None else [v] for v in part.to_pylist()], LIST)
            parts.append(part)
        return pa.chunked_array(parts, kind)
