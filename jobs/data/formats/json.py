"""JSON: a list of objects, an object that holds one, or an object of columns.

A list is read entry by entry, however long it is; an object has to fit into memory.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.data.encoding import Encoding, detect
from jobs.data.excerpt import excerpt
from jobs.data.formats.jsonl import open_lines
from jobs.data.json_trouble import seen
from jobs.data.objects import DECODER, KeyTwice, NotANumber, checked, key_twice
from jobs.data.source import ROWS, ReadAs, Source
from jobs.data.table import as_batch, unique_names
from jobs.errors import DataError, InputError

LARGEST = 1 << 26  # characters of one value; as Python objects it takes several times as much
BLOCK = 1 << 20  # characters that are read at a time
DEEPEST = 4  # objects in objects in which a list is looked for
SEEN = 2000  # entries whose keys are the columns
CURE_NAN = "Write null or a text instead."
WHITE = re.compile("[ \t\r\n\ufeff]*")
# Where an entry of a list ends that cannot be read is nobody's to say: its braces may be in a text.
MEND = (
    "Mend this place, or save the rows as JSON lines (.jsonl), an object a line: of those, lines "
    "that cannot be read can be left out."
)
CURE = 'Write a list of objects, like [{"prompt": "...", "completion": "..."}].'


class Json:
    name = "JSON"
    extensions = (".json",)

    def open(self, path: Path, reading: ReadAs, *, whole: bool) -> Source:
        encoding = detect(path, reading.encoding, whole=True)
        with _Text(path, encoding) as text:
            listed = text.peek() == "["
            value = None if listed else text.value()
            if not listed and text.peek():  # one value after another: JSON lines under this name
                return open_lines(path, encoding, leave_out=reading.leave_out)
        if listed:
            return _Entries(path, encoding, None).source()
        objects, names, chosen = _objects(value, path.name, reading.sheet)
        if not objects:
            raise _empty(path.name)
        source = _Entries(path, encoding, objects).source()
        if len(names) > 1:
            source.notes.insert(0, f"Of {len(names)} lists in the file “{chosen}” is read.")
            source.sheets = names
            source.reading = replace(source.reading, sheet=chosen)
        return source


FORMAT = Json()


class _Entries:
    """The objects of one file, from memory or read anew from the disk each time."""

    def __init__(self, path: Path, encoding: Encoding, held: list[Any] | None) -> None:
        self.path, self.encoding, self.held = path, encoding, held
        self.share = 0.0

    def source(self) -> Source:
        keys = dict.fromkeys(key for row in islice(self._rows(), SEEN) for key in row)
        shown, notes = unique_names(tuple(keys))
        self.shown = dict(zip(keys, shown, strict=True))
        said = [self.encoding.note] if self.encoding.note else []
        return Source(
            columns=shown,
            read=self.read,
            reading=ReadAs(encoding=self.encoding.codec),
            notes=[*said, *notes],
            total=None if self.held is None else len(self.held),
            done=lambda: self.share,
            open_ended=self.held is None,
        )

    def read(self, columns: Sequence[str] | None, head: int | None) -> Iterator[pa.RecordBatch]:
        """Batches of the entries."""
        rows = self._rows()
        if head is not None:
            rows = islice(rows, head + 1)
        while some := list(islice(rows, ROWS)):
            for key in dict.fromkeys(key for row in some for key in row if key not in self.shown):
                self.shown[key] = unique_names([*self.shown.values(), key])[0][-1]
            wanted = {k: n for k, n in self.shown.items() if columns is None or n in columns}
            if not wanted:
                wanted = {"": "column 1"}
            yield as_batch({name: [row.get(key) for row in some] for key, name in wanted.items()})

    def _rows(self) -> Iterator[dict[str, Any]]:
        for number, each in enumerate(self._values(), 1):
            if not isinstance(each, dict):
                raise DataError(f"Entry {number} of “{self.path.name}” is not an object.", CURE)
            yield checked(each, self.path.name, f"entry {number}")

    def _values(self) -> Iterator[Any]:
        if self.held is not None:
            yield from self.held
            return
        with _Text(self.path, self.encoding) as text:
            text.take("[")
            if text.peek() == "]":
                raise _empty(self.path.name)
            while text.peek() != "]":
                yield text.value()
                self.share = text.share()
                if text.peek() != "]":
                    text.take(",")
            text.take("]")
            if text.peek():
                raise text.error("there is more after the end of the list")


class _Text:
    """A JSON text that is read block by block, one value at a time."""

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self.path = path
        self.raw = path.open("rb")
        self.file = io.TextIOWrapper(self.raw, encoding.codec, "surrogateescape")
        self.size = max(1, path.stat().st_size)
        self.buffer, self.at, self.line, self.ended = "", 0, 1, False
        self.decode: Callable[[str, int], tuple[Any, int]] = DECODER.raw_decode

    def __enter__(self) -> _Text:
        return self

    def __exit__(self, *exc: object) -> None:
        self.file.close()

    def share(self) -> float:
        """About how much of the file was read."""
        return min(1.0, self.raw.tell() / self.size)

    def peek(self) -> str:
        """The next character that is not white space, "" at the end."""
        while True:
            found = WHITE.match(self.buffer, self.at)
            assert found is not None  # it matches nothing too
            self.line += self.buffer.count("\n", self.at, found.end())
            self.at = found.end()
            if self.at < len(self.buffer) or not self._more(BLOCK):
                return self.buffer[self.at : self.at + 1]

    def take(self, character: str) -> None:
        """Pass over a character that has to be there."""
        if self.peek() != character:
            raise self.error(f"a “{character}” is missing", cure=MEND)
        self.at += 1

    def value(self) -> Any:
        """The next value, whatever it is."""
        self.peek()
        size = BLOCK
        while True:
            try:
                value, end = self.decode(self.buffer, self.at)
            except json.JSONDecodeError as error:
                if self._cut(error) and len(self.buffer) - self.at < LARGEST and self._more(size):
                    size *= 2
                    continue
                if len(self.buffer) - self.at >= LARGEST:
                    raise self._too_large() from None
                wrong = seen(self.buffer, error, "file")
                begun = error.pos > self.at or self.line > 1
                raise self.error(wrong.words, wrong.at, MEND if begun else CURE) from None
            except NotANumber as error:
                what = f"“{self.path.name}” holds {error}, which JSON does not know"
                raise DataError(
                    f"{what} (the value that begins in line {self.line}).", CURE_NAN
                ) from None
            except KeyTwice as error:
                raise key_twice(
                    error, self.path.name, f"the value that begins in line {self.line}"
                ) from None
            except RecursionError:
                raise DataError(f"“{self.path.name}” is nested too deeply.", CURE) from None
            self.line += self.buffer.count("\n", self.at, end)
            self.at = end
            return value

    def error(self, what: str, place: int | None = None, cure: str = CURE) -> DataError:
        """What is wrong with the text, and where."""
        place = self.at if place is None else place
        line = self.line + self.buffer.count("\n", self.at, place)
        column = place - self.buffer.rfind("\n", 0, place)
        where = f"line {line}, character {column}"
        begins = self.buffer.rfind("\n", 0, place) + 1
        ends = self.buffer.find("\n", place)
        text = self.buffer[begins : ends if ends >= 0 else None]
        return DataError(
            f"“{self.path.name}” is not JSON: {what.rstrip(',')} ({where}).",
            cure,
            excerpt=excerpt(text, place - begins),
        )

    def _cut(self, error: json.JSONDecodeError) -> bool:
        """Whether the text may only be broken because the rest of it was not read yet."""
        return error.msg.startswith("Unterminated string") or error.pos > len(self.buffer) - 16

    def _more(self, size: int) -> bool:
        """Read on; False at the end of the file."""
        block = self.file.read(size)
        if block:  # else places that were told of the text stay right
            self.buffer, self.at = self.buffer[self.at :] + block, 0
        return bool(block)

    def _too_large(self) -> DataError:
        return DataError(
            f"“{self.path.name}” holds a JSON value of more than 64 MB (line {self.line}).",
            "Write a plain list of objects, or save it as JSON lines (.jsonl) or Parquet.",
        )


def _empty(name: str) -> DataError:
    return DataError(f"“{name}” is an empty list: it holds no rows.", CURE)


def _objects(value: Any, name: str, wanted: str | None) -> tuple[list[Any], tuple[str, ...], str]:
    """The list of examples that an object holds, the names of all its lists, and that one's."""
    found = dict(_lists(value))
    if found:
        names = tuple(found)
        chosen = wanted or next((key for key in names if "train" in key.lower()), names[0])
        if chosen not in found:
            there = ", ".join(f"“{key[:60]}”" for key in names[:12])
            raise InputError(f"“{name}” holds no list “{chosen[:80]}”.", f"There are {there}.")
        return found[chosen], names, chosen
    held = value.items() if isinstance(value, dict) else ()
    lists = {key: each for key, each in held if isinstance(each, list)}
    if lists and len({len(each) for each in lists.values()}) == 1:
        rows = zip(*lists.values(), strict=True)
        return [dict(zip(lists, row, strict=True)) for row in rows], (), ""
    raise DataError(f"“{name}” is JSON, but holds no list of examples.", CURE)


def _lists(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    """Lists of objects in an object and in the objects in it, each under the keys that lead there.

    Objects in lists are examples: what they hold is theirs.
    """
    if isinstance(value, dict) and depth < DEEPEST:
        for key, each in value.items():
            where = f"{path}.{key}" if path else str(key)
            if isinstance(each, list) and each and isinstance(each[0], dict):
                yield where, each
            elif isinstance(each, dict):
                yield from _lists(each, where, depth + 1)
