"""What a run forgot as two files in its folder: the comparison, and what it amounts to by task."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.evaluation import archive
from jobs.evaluation.forgetting import Forgotten, TaskChange
from jobs.types import Difference

FORM = 1


def asked(data: int | None, limit: int | None = None) -> dict[str, Any]:
    """A job's payload: general prompts, or those of a dataset's test split; how many at most."""
    given = {"data": data, "limit": limit}
    return {name: value for name, value in given.items() if value is not None}


def place(folder: Path, asked: Mapping[str, Any]) -> Path:
    """Where the answer to it lies in a run's folder, without its endings."""
    name = f"data-{asked['data']}" if "data" in asked else "general"
    return folder / "forgotten" / (f"{name}-{asked['limit']}" if "limit" in asked else name)


def save(found: Forgotten, stem: Path) -> None:
    """Write `stem`.rows and then `stem`.json, which is there only when both are whole."""
    rows, tasks = _paths(stem)
    stem.parent.mkdir(parents=True, exist_ok=True)
    tasks.unlink(missing_ok=True)
    archive.save(found.result, rows)
    told = {
        "form": FORM,
        "run": found.run,
        "base": found.base,
        "prompts": found.prompts,
        "sentence": found.sentence,
        "whole": dataclasses.asdict(found.whole),
        "tasks": [dataclasses.asdict(task) for task in found.tasks],
        "task_of": found.task_of,
    }
    half = tasks.with_suffix(".half")
    half.write_text(json.dumps(told, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    half.replace(tasks)


def load(stem: Path) -> Forgotten | None:
    """What `save` wrote; None where there is nothing, or nothing of this form."""
    rows, tasks = _paths(stem)
    try:
        told: dict[str, Any] = json.loads(tasks.read_text(encoding="utf-8"))
        if told.pop("form") != FORM:
            return None
        told["whole"] = _change(told["whole"])
        told["tasks"] = tuple(_change(task) for task in told["tasks"])
        told["task_of"] = tuple(told["task_of"])
        return Forgotten(result=archive.load(rows), **told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _paths(stem: Path) -> tuple[Path, Path]:
    return stem.with_suffix(".rows"), stem.with_suffix(".json")


def _change(told: dict[str, Any]) -> TaskChange:
    score, surprise = Difference(**told.pop("score")), Difference(**told.pop("surprise"))
    return TaskChange(score=score, surprise=surprise, **told)
