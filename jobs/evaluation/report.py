"""A comparison as one JSON document or a table; field names are a contract with who reads it."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from jobs.evaluation.metrics import described, metrics
from jobs.evaluation.votes import Tally
from jobs.types import ComparedExample, ComparisonResult, Score

FORMULA = frozenset("=+-@\t\r")  # what a spreadsheet takes for the start of a formula


def to_json(
    result: ComparisonResult, number: int | None = None, votes: Sequence[Tally] = ()
) -> dict[str, Any]:
    """Plain dicts, lists, text and numbers; a number that is none is null, never NaN or Infinity.

    `comparison` is its number, and `votes` what people chose blind, pair by pair; both are there
    where `number` is given: what a run forgot has none.
    `verdict` is the sentence; `outcome` says in one word what the variant is that it leads with:
    better, same, unclear or worse (`jobs.evaluation.outcomes` has the rules; rows that a run learnt
    from are unclear as well), and plain where one variant alone was scored. `scores`, `summary` and
    `differences` hold the metrics where more is better (0 to 1); `measures` holds the others, such
    as the length ratio.
    """
    judging = {metric.name for metric in metrics() if metric.judges}
    told = [dataclasses.asdict(tally) for tally in votes]
    numbered = {} if number is None else {"comparison": number, "votes": told}
    document = {
        **numbered,
        "data": result.data,
        "split": result.split,
        "variants": result.variants,
        "settings": result.settings,
        "metric": result.metric,
        "verdict": result.verdict,
        "outcome": result.outcome,
        "notes": result.notes,
        "summary": _summary(result, judging, True),
        "measures": _summary(result, judging, False),
        "parts": result.parts,
        "differences": [dataclasses.asdict(difference) for difference in result.differences],
        "hit_limit": result.hit_limit,
        "faults": result.faults,
        "examples": [_example(example, judging) for example in result.examples],
    }
    plain: dict[str, Any] = _plain(document)
    return plain


def to_csv(result: ComparisonResult, tasks: Sequence[str] = ()) -> Iterator[str]:
    """A line a prompt: prompt, references, then each variant's answer with its scores. `tasks`
    are those of the prompts, where they have any; they come after the number.

    Made for spreadsheets: text that one would take for a formula gets an apostrophe in front, as
    they show it; the JSON document has every text as it is.
    """
    names = [one.name for one in described()]
    most = max((len(example.references) for example in result.examples), default=1)
    header = ["number", *(["task"] if tasks else []), "prompt"]
    header += [f"reference {n}" if n > 1 else "reference" for n in range(1, most + 1)]
    for variant in result.variants:
        header += [variant, *(f"{variant}: {name}" for name in names)]
    yield _csv_line(header)
    for example in result.examples:
        references = [*example.references, *[""] * (most - len(example.references))]
        cells: list[Any] = [example.index + 1, *([tasks[example.index]] if tasks else [])]
        cells += [example.prompt, *references]
        for variant in result.variants:
            scores = example.scores[variant]
            cells.append(example.completions[variant].text)
            cells += [scores[name].value if name in scores else None for name in names]
        yield _csv_line(cells)


def _csv_line(cells: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(
        [
            f"'{cell}" if isinstance(cell, str) and cell[:1] and cell[0] in FORMULA else cell
            for cell in cells
        ]
    )
    return line.getvalue()


def _summary(result: ComparisonResult, judging: set[str], wanted: bool) -> dict[str, Any]:
    return {
        variant: {
            name: dataclasses.asdict(interval)
            for name, interval in by_metric.items()
            if (name in judging) is wanted
        }
        for variant, by_metric in result.summary.items()
    }


def _example(example: ComparedExample, judging: set[str]) -> dict[str, Any]:
    completions = example.completions
    return {
        "index": example.index,
        "prompt": example.prompt,
        "rendered_prompt": example.rendered_prompt,
        "references": example.references,
        "completions": {variant: one.text for variant, one in completions.items()},
        "scores": {
            variant: {name: score.value for name, score in scores.items() if name in judging}
            for variant, scores in example.scores.items()
        },
        "unscored": {
            variant: reasons
            for variant, scores in example.scores.items()
            if (reasons := _reasons(scores, judging))
        },
        "tokens": {variant: one.tokens for variant, one in completions.items()},
        "parts": {
            variant: {name: score.parts for name, score in scores.items() if score.parts}
            for variant, scores in example.scores.items()
        },
        "measures": {
            variant: {name: score.value for name, score in scores.items() if name not in judging}
            for variant, scores in example.scores.items()
        },
        "alike": example.alike,
        "hit_limit": [variant for variant, one in completions.items() if one.hit_limit],
    }


def _reasons(scores: Mapping[str, Score], judging: set[str]) -> dict[str, str]:
    return {
        name: score.reason
        for name, score in scores.items()
        if score.value is None and name in judging
    }


def _plain(value: Any) -> Any:
    """The same value in what the json module writes by every standard."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a report")
