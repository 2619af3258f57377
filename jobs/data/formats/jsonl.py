"""JSON lines: an object a line. Numbers keep the digits they were written with."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from jobs.data.encoding import Encoding, detect
from jobs.data.objects import checked, parse_object
from jobs.data.regular import regular
from jobs.data.source import ROWS, ReadAs, Source, Unusual
from jobs.data.table import TEXT, as_batch, unique_names
from jobs.data.unread import Unread
from jobs.data.utf8 import is_text
from jobs.errors import DataError

LONGEST_LINE = 1 << 26  # bytes, or characters where the file is not UTF-8
BLOCK = 1 << 22  # bytes of lines that are taken at once
SEEN = 2000  # rows whose keys are the columns
UNICODE = ("utf-8", "utf-8-sig")


class Jsonl:
    name = "JSON lines"
    extensions = (".jsonl", ".ndjson")

    def open(self, path: Path, reading: ReadAs, *, whole: bool) -> Source:
        encoding = detect(path, reading.encoding, whole=whole and not reading.trusting)
        unread = Unread(path.name, leave_out=reading.leave_out)
        return _Lines(path, encoding, unread, reading.trusting).source()


FORMAT = Jsonl()


def open_lines(path: Path, encoding: Encoding, *, leave_out: bool) -> Source:
    """The objects of a file of JSON lines; blank lines are passed over."""
    return _Lines(path, encoding, Unread(path.name, leave_out=leave_out)).source()


class _Lines:
    """One file and the names its keys have got; a later row may bring a new one."""

    def __init__(
        self, path: Path, encoding: Encoding, unread: Unread, trusting: bool = False
    ) -> None:
        self.path = path
        self.trusting = trusting
        self.encoding = encoding
        self.unread = unread
        self.shown: dict[str, str] = {}  # key in the file -> column
        self.notes = [encoding.note] if encoding.note else []
        self.size = max(1, path.stat().st_size)
        self.place = 0
        self.head: tuple[pa.RecordBatch, ...] = ()  # that show which columns there are

    def source(self) -> Source:
        self.head = tuple(self.read(None, SEEN))
        return Source(
            columns=tuple(self.shown.values()),
            read=self.read,
            reading=ReadAs(encoding=self.encoding.codec, leave_out=self.unread.leave_out),
            notes=self.notes,
            done=lambda: self.place / self.size,
            open_ended=True,
            unread=self.unread,
        )

    def read(self, columns: Sequence[str] | None, head: int | None) -> Iterator[pa.RecordBatch]:
        """Batches of the rows; stops soon after `head` rows."""
        if columns is not None and self.encoding.codec in UNICODE:
            yield from self._in_blocks(columns, head)
            return
        if columns is not None and self.trusting:
            raise Unusual
        if columns is None and head is not None and head <= SEEN and self.head:
            yield from self.head
            return
        self.unread.begin()
        convert = self._every if columns is None else self._some(columns)
        cells: dict[str, list[Any]] = {}
        count = total = 0
        with ExitStack() as stack:
            for number, line in self._lines(stack):
                count += convert(line, number, cells, count)
                if count == ROWS or (head is not None and total + count > head):
                    yield self._batch(cells, count)
                    total, count, cells = total + count, 0, {}
                    if head is not None and total > head:
                        return
            if count:
                yield self._batch(cells, count)

    def _lines(self, stack: ExitStack) -> Iterator[tuple[int, bytes | str]]:
        """Lines that are not blank with their numbers; as bytes where the file is UTF-8."""
        plain = self.encoding.codec in UNICODE
        raw = stack.enter_context(self.path.open("rb", buffering=1 << 20))
        if self.encoding.codec == "utf-8-sig":
            raw.read(3)
        if plain:
            readline: Callable[[int], bytes | str] = raw.readline
        else:  # newline="\n": the other line breaks of Unicode may stand inside a JSON text
            codec = self.encoding.codec
            text = self.path.open(encoding=codec, newline="\n", errors="surrogateescape")
            readline = stack.enter_context(text).readline
        number = 0
        while line := readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise _too_long(self.path.name, number)
            if number % 1024 == 0 and plain:
                self.place = raw.tell()
            if not line.isspace():
                yield number, line

    def _row(self, line: bytes | str, number: int) -> dict[str, Any] | None:
        """The cells of one line by their keys; None where it cannot be read and is left out."""
        try:
            row = parse_object(line, self.path.name, number)
            return checked(row, self.path.name, f"line {number}")
        except DataError as error:
            self.unread.meet(error, number)
            return None

    def _every(self, line: bytes | str, number: int, cells: dict[str, list[Any]], at: int) -> bool:
        """Take all cells of one line; False where it is left out."""
        row = self._row(line, number)
        for key, value in (row or {}).items():
            name = self.shown.get(key) or self._named(key)
            column = cells.setdefault(name, [])
            column.extend([None] * (at - len(column)))
            column.append(value)
        return row is not None

    def _some(self, columns: Sequence[str]) -> Callable[..., bool]:
        """Take some cells of one line; False where it is left out."""
        wanted = self._keys(columns)

        def take(line: bytes | str, number: int, cells: dict[str, list[Any]], at: int) -> bool:
            if not at:
                cells.update((name, []) for name, _ in wanted)
            row = self._row(line, number)
            if row is None:
                return False
            for name, key in wanted:
                cells[name].append(row.get(key))
            return True

        return take

    def _keys(self, columns: Sequence[str]) -> list[tuple[str, str]]:
        """Each column with the key it has in the file."""
        keys = {shown: key for key, shown in self.shown.items()}
        return [(name, keys.get(name, name)) for name in columns]

    def _in_blocks(self, columns: Sequence[str], head: int | None) -> Iterator[pa.RecordBatch]:
        """Some columns of a UTF-8 file, many lines at once: the way of a large file."""
        self.unread.begin()
        wanted = self._keys(columns)
        take = self._some(columns)
        count = number = 0
        with self.path.open("rb", buffering=0) as file:
            if self.encoding.codec == "utf-8-sig":
                file.read(3)
            for block in whole_lines(file):
                if block is None:
                    raise _too_long(self.path.name, number + 1)
                if self.trusting and not is_text(block):
                    raise Unusual
                batch = regular(block, wanted)
                if batch is not None:
                    number += batch.num_rows
                    lines = []
                else:
                    text = bytes(block)
                    lines = text.split(b"\n")
                    if not lines[-1]:
                        lines.pop()
                    batch = _plain(text, lines, wanted)
                if batch is None:
                    cells: dict[str, list[Any]] = {}
                    rows = 0
                    for place, line in enumerate(lines, number + 1):
                        if line and not line.isspace():
                            rows += take(line, place, cells, rows)
                    batch = self._batch(cells, rows)
                number += len(lines)
                count += batch.num_rows
                self.place = file.tell()
                yield batch
                if head is not None and count > head:
                    return

    def _named(self, key: str) -> str:
        names, notes = unique_names([*self.shown.values(), key])
        self.notes += [note for note in notes if note not in self.notes]
        self.shown[key] = names[-1]
        return names[-1]

    def _batch(self, cells: dict[str, list[Any]], count: int) -> pa.RecordBatch:
        for column in cells.values():
            column.extend([None] * (count - len(column)))
        if not cells:  # objects without a key are rows all the same
            cells = {name: [None] * count for name in list(self.shown.values())[:1] or ["column 1"]}
        return as_batch(cells)


def whole_lines(file: io.RawIOBase) -> Iterator[memoryview | None]:
    """The rest of a file, some megabytes of whole lines at a time.

    What was given is written over when the next is asked for: a file of a gigabyte takes the
    memory of one block. None stands for a line of more than `LONGEST_LINE` bytes.
    """
    held, filled = bytearray(BLOCK), 0
    while read := file.readinto(memoryview(held)[filled:]):
        filled += read
        end = held.rfind(b"\n", filled - read, filled) + 1
        if end:
            yield memoryview(held)[:end]
            held[: filled - end] = held[end:filled]
            filled -= end
        elif filled >= LONGEST_LINE:
            yield None
        elif filled == len(held):
            held = held + bytearray(len(held))
    if filled:
        yield memoryview(held)[:filled]


def _plain(
    block: bytes, lines: list[bytes], wanted: list[tuple[str, str]]
) -> pa.RecordBatch | None:
    """The lines as a batch where all is as usual: cells are texts, and no key stands twice.

    None where something is a number, a structure or an error; then each line is looked at.
    """
    try:
        rows = [orjson.loads(line) for line in lines if line and not line.isspace()]
    except orjson.JSONDecodeError:
        return None
    if set(map(type, rows)) != {dict}:
        return None
    columns = {}
    for name, key in wanted:
        values = [row.get(key) for row in rows]
        if not set(map(type, values)) <= {str, type(None)}:
            return None
        spelled = {json.dumps(key, ensure_ascii=ascii).encode() for ascii in (True, False)}
        if sum(map(block.count, spelled)) > len(rows):
            return None
        columns[name] = pa.array(values, TEXT)
    return pa.record_batch(columns)


def _too_long(name: str, number: int) -> DataError:
    return DataError(
        f"Line {number} of “{name}” is longer than 64 MB.",
        "Write one object a line, and save the file again.",
    )
