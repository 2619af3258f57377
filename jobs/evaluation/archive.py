"""A finished comparison as a file: what it said stays what it said, whatever is deleted later."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

from jobs.types import (
    ComparedExample,
    ComparisonResult,
    Completion,
    Difference,
    Interval,
    Score,
)


def save(result: ComparisonResult, path: Path) -> None:
    """Write a result so that a reader sees all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_made = path.with_suffix(f".{os.getpid()}.part")
    text = json.dumps(dataclasses.asdict(result), ensure_ascii=False, allow_nan=False)
    with half_made.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half_made.replace(path)


def load(path: Path) -> ComparisonResult:
    """The result that `save` wrote."""
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    told["examples"] = tuple(_example(e) for e in told["examples"])
    told["summary"] = {
        variant: {metric: Interval(**interval) for metric, interval in metrics.items()}
        for variant, metrics in told["summary"].items()
    }
    told["differences"] = tuple(Difference(**d) for d in told["differences"])
    told["variants"] = tuple(told["variants"])
    told["notes"] = tuple(told["notes"])
    return ComparisonResult(**told)


def _example(told: dict[str, Any]) -> ComparedExample:
    told["references"] = tuple(told["references"])
    told["completions"] = {v: Completion(**c) for v, c in told["completions"].items()}
    told["scores"] = {
        variant: {metric: Score(**score) for metric, score in metrics.items()}
        for variant, metrics in told["scores"].items()
    }
    return ComparedExample(**told)
