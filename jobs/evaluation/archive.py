"""A finished comparison as a file: what it said stays what it said, whatever is deleted later.

The first line is all but the prompts, with an index of them; then comes a line a prompt. A page
shows ten prompts of perhaps 50,000, so they are read when they are asked for.
"""

from __future__ import annotations

import dataclasses
import json
import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jobs.evaluation.rows import Index, Rows, example_of
from jobs.types import ComparisonResult, Difference, Interval


def save(result: ComparisonResult, path: Path) -> None:
    """Write a result so that a reader sees all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_made = path.with_suffix(f".{os.getpid()}.part")
    ends, end = array("q"), 0
    for line in _lines(result):
        end += len(line)
        ends.append(end)
    head = dataclasses.asdict(dataclasses.replace(result, examples=()))
    del head["examples"]
    head["index"] = {"ends": ends.tolist(), **Index.of(result).told()}
    first = _line(head)
    with half_made.open("wb") as file:
        file.write(first)
        file.writelines(_lines(result))
        file.flush()
        os.fsync(file.fileno())
    half_made.replace(path)


def load(path: Path) -> ComparisonResult:
    """The result that `save` wrote; its examples are read from the file as they are asked for."""
    with path.open("rb") as file:
        told: dict[str, Any] = json.loads(file.readline())
        start = file.tell()
    told["summary"] = {
        variant: {metric: Interval(**interval) for metric, interval in metrics.items()}
        for variant, metrics in told["summary"].items()
    }
    told["differences"] = tuple(Difference(**d) for d in told["differences"])
    told["variants"] = tuple(told["variants"])
    told["notes"] = tuple(told["notes"])
    if "examples" in told:  # of an earlier release, in which all was one document
        told["examples"] = tuple(example_of(e) for e in told["examples"])
    else:
        index = told.pop("index")
        told["examples"] = Rows(path, start, index.pop("ends"), Index(**index))
    return ComparisonResult(**told)


def load_scored(path: Path) -> ComparisonResult | None:
    """The same; None where nothing was scored yet, or it was deleted since."""
    try:
        return load(path)
    except FileNotFoundError:
        return None


def _lines(result: ComparisonResult) -> Iterator[bytes]:
    for example in result.examples:
        yield _line(dataclasses.asdict(example))


def _line(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n").encode(
        "utf-8", "surrogatepass"
    )
