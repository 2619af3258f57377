"""JSON lines: an object a line. Numbers keep the digits they were written with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jobs.data.encoding import Encoding, detect
from jobs.data.table import Number, Table, TableBuilder
from jobs.errors import DataError

LONGEST_LINE = 1 << 26  # characters


class Jsonl:
    name = "JSON lines"
    extensions = (".jsonl", ".ndjson")

    def read(self, path: Path, head: int | None = None) -> Table:
        encoding = detect(path, whole=head is None)
        return read_lines(path, encoding, head)


FORMAT = Jsonl()


def read_lines(path: Path, encoding: Encoding, head: int | None = None) -> Table:
    """The objects of a file of JSON lines; blank lines are passed over."""
    builder = TableBuilder()
    number = 0
    complete = True
    # newline="\n": the other line breaks of Unicode may stand inside a JSON text
    with path.open(encoding=encoding.codec, newline="\n", errors="surrogateescape") as file:
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise DataError(
                    f"Line {number} of “{path.name}” is longer than 64 MB.",
                    "Write one object a line, and save the file again.",
                )
            if line.isspace():
                continue
            if head is not None and len(builder) >= head:
                complete = False
                break
            try:
                builder.add(parse_object(line, path.name, number), number)
            except UnicodeEncodeError:
                raise lone_surrogate(path.name, f"line {number}") from None
    notes = (encoding.note,) if encoding.note else ()
    return builder.finish(notes, complete=complete)


def parse_object(line: str, name: str, number: int) -> dict[str, Any]:
    """One line's object; anything else is a `DataError` with the line's number."""
    cure = 'Write one object a line, like {"prompt": "...", "completion": "..."}.'
    if number == 1 and line.lstrip().startswith("["):
        cure = "This looks like JSON in one piece: give its name the ending .json."
    try:
        value = loads(line)
    except json.JSONDecodeError as error:
        what = f"Line {number} of “{name}” is not JSON: {reason(error)} at character {error.colno}."
        raise DataError(what, cure) from None
    except NotANumber as error:
        what = f"Line {number} of “{name}” holds {error}, which JSON does not know."
        raise DataError(what, "Write null or a text instead.") from None
    except RecursionError:
        raise DataError(f"Line {number} of “{name}” is nested too deeply.", cure) from None
    if not isinstance(value, dict):
        raise DataError(f"Line {number} of “{name}” is JSON, but not an object.", cure)
    return value


class NotANumber(ValueError):
    """NaN or Infinity, which Python reads and JSON does not have."""


def loads(text: str) -> Any:
    """Parsed JSON in which numbers are still the text they were written as."""
    return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=_refuse_constant)


def reason(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:].removesuffix(":")


def lone_surrogate(name: str, where: str) -> DataError:
    return DataError(
        f"The text in {where} of “{name}” holds half a character (a lone surrogate).",
        "Save the file again as UTF-8 with the program it came from.",
    )


def _refuse_constant(word: str) -> Any:
    raise NotANumber(word)
