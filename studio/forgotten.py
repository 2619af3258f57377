"""What a run forgot as a document for programs and as a table; for page and command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jobs import Forgotten, TaskChange, to_csv, to_json

FORMATS: Mapping[str, str] = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def written(kind: str, found: Forgotten) -> Iterator[str]:
    """It in one of `FORMATS`, in parts; a table says of itself that it is UTF-8."""
    if kind == "csv":
        yield "\ufeff"
        yield from to_csv(found.result, found.task_of)
    else:
        yield json.dumps(document(found), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def document(found: Forgotten) -> dict[str, Any]:
    """The sentence, the changes by task, and every prompt with both answers."""
    return {
        "run": found.run,
        "base": found.base,
        "prompts": found.prompts,
        "outcome": found.outcome,
        "sentence": found.sentence,
        "whole": _change(found.whole),
        "tasks": [_change(task) for task in found.tasks],
        "task_of": list(found.task_of),
        "comparison": to_json(found.result),
    }


def _change(change: TaskChange) -> dict[str, Any]:
    told: dict[str, Any] = {"task": change.task, "prompts": change.prompts}
    for name, d in (("score", change.score), ("surprise", change.surprise)):
        told[name] = {
            "metric": d.metric,
            "before": d.b_mean,
            "after": d.a_mean,
            "difference": d.delta,
            "low": d.low,
            "high": d.high,
            "p": d.p,
            "holm": d.holm,
        }
    return {**told, "outcome": change.outcome, "sureness": change.sureness}
