"""JSON: a list of objects, an object that holds one, or an object of columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jobs.data.encoding import Encoding, detect
from jobs.data.formats.jsonl import NotANumber, loads, lone_surrogate, read_lines, reason
from jobs.data.table import Table, TableBuilder
from jobs.errors import DataError

LARGEST = 1 << 28  # bytes; JSON is parsed as a whole and takes several times its size in memory
CURE = 'Write a list of objects, like [{"prompt": "...", "completion": "..."}].'


class Json:
    name = "JSON"
    extensions = (".json",)

    def read(self, path: Path, head: int | None = None) -> Table:
        if path.stat().st_size > LARGEST:
            raise DataError(
                f"“{path.name}” is larger than 256 MB, which is too much for one JSON value.",
                "Save it as JSON lines (.jsonl) or Parquet.",
            )
        encoding = detect(path)
        value = _parse(path, encoding)
        if value is None:  # JSON lines under another name
            return read_lines(path, encoding, head)
        builder = TableBuilder()
        objects = _objects(value, path.name)
        for number, each in enumerate(objects[:head], 1):
            if not isinstance(each, dict):
                raise DataError(f"Entry {number} of “{path.name}” is not an object.", CURE)
            try:
                builder.add(each, number)
            except UnicodeEncodeError:
                raise lone_surrogate(path.name, f"entry {number}") from None
        table = builder.finish((encoding.note,) if encoding.note else ())
        return Table(table.columns, table.rows, None, table.notes, len(objects))


FORMAT = Json()


def _parse(path: Path, encoding: Encoding) -> Any:
    """The file's value, or None where it holds one value after another, a line each."""
    try:
        return loads(path.read_text(encoding=encoding.codec))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and error.lineno > 1:
            return None
        where = f"line {error.lineno}, character {error.colno}"
        raise DataError(f"“{path.name}” is not JSON: {reason(error)} ({where}).", CURE) from None
    except NotANumber as error:
        what = f"“{path.name}” holds {error}, which JSON does not know."
        raise DataError(what, "Write null or a text instead.") from None
    except RecursionError:
        raise DataError(f"“{path.name}” is nested too deeply.", CURE) from None


def _objects(value: Any, name: str) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        lists = {key: each for key, each in value.items() if isinstance(each, list)}
        holding = [each for each in lists.values() if each and isinstance(each[0], dict)]
        if len(holding) == 1:
            return holding[0]
        if lists and not holding and len({len(each) for each in lists.values()}) == 1:
            return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    raise DataError(f"“{name}” is JSON, but holds no list of examples.", CURE)
