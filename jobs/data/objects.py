"""One object of JSON as cells that can be stored; what is wrong with it is told by its place."""

from __future__ import annotations

import json
from typing import Any

from jobs.data.excerpt import excerpt
from jobs.data.json_trouble import trouble
from jobs.data.table import Number, cell
from jobs.errors import DataError


def parse_object(line: bytes | str, name: str, number: int) -> dict[str, Any]:
    """One line's object; anything else is a `DataError` with the line's number."""
    text = line if isinstance(line, str) else line.decode("utf-8", "surrogateescape")
    text = text.rstrip("\r\n")  # an error after it would be told at the next line's first character
    cure = 'Write one object a line, like {"prompt": "...", "completion": "..."}.'
    if number == 1 and text.lstrip().startswith("["):
        cure = "This looks like JSON in one piece: give its name the ending .json."
    try:
        value = loads(text)
    except json.JSONDecodeError as error:
        wrong = trouble(text, error, loads)
        what = f"Line {number} of “{name}” is not JSON: {wrong.words} at character {wrong.at + 1}."
        raise DataError(what, cure, excerpt=excerpt(text, wrong.at)) from None
    except NotANumber as error:
        what = f"Line {number} of “{name}” holds {error}, which JSON does not know."
        raise DataError(what, "Write null or a text instead.", excerpt=excerpt(text)) from None
    except KeyTwice as error:
        raise key_twice(error, name, f"line {number}", text) from None
    except RecursionError:
        what = f"Line {number} of “{name}” is nested too deeply."
        raise DataError(what, cure, excerpt=excerpt(text)) from None
    if not isinstance(value, dict):
        what = f"Line {number} of “{name}” is JSON, but not an object."
        raise DataError(what, cure, excerpt=excerpt(text))
    return value


def checked(row: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    """An object's cells as texts that can be stored; half characters are a `DataError`."""
    try:
        cells = {key: cell(value) for key, value in row.items()}
        for key, value in cells.items():
            for text in [key, *(value if isinstance(value, list) else [value])]:
                if text is not None and not text.isascii():
                    text.encode()
    except UnicodeEncodeError:
        raise DataError(
            f"The text in {where} of “{name}” holds half a character (a lone surrogate).",
            "Save the file again as UTF-8 with the program it came from.",
        ) from None
    except RecursionError:
        raise DataError(
            f"What stands in {where} of “{name}” is nested too deeply.",
            "Keep the parts that hold prompt and completion.",
        ) from None
    return cells


class NotANumber(ValueError):
    """NaN or Infinity, which Python reads and JSON does not have."""


class KeyTwice(ValueError):
    """An object that has one key twice: which of the two counts, nobody can know."""


def loads(text: str) -> Any:
    """Parsed JSON in which numbers are still the text they were written as."""
    return DECODER.decode(text)


def key_twice(error: KeyTwice, name: str, where: str, line: str = "") -> DataError:
    """`line` is where the object stands, where it is known."""
    return DataError(
        f"An object in {where} of “{name}” has the key “{error}” twice.",
        "Keep the one that counts.",
        excerpt=excerpt(line) if line else None,
    )


def _refuse_constant(word: str) -> Any:
    raise NotANumber(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise KeyTwice(next(key for key in keys if keys.count(key) > 1)[:80])
    return made


DECODER = json.JSONDecoder(
    parse_float=Number,
    parse_int=Number,
    parse_constant=_refuse_constant,
    object_pairs_hook=_once,
)
