"""The prompts of a finished comparison, read from its file one by one, and what sorts them."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from jobs.types import ComparedExample, ComparisonResult, Completion, Score


@dataclass(frozen=True)
class Index:
    """Of each variant, in the order of prompts: the score that the verdict speaks of, and how
    much its answers are like those that it is held against (0 to 1)."""

    scores: Mapping[str, Sequence[float | None]]
    alike: Mapping[str, Sequence[float | None]]

    @classmethod
    def of(cls, result: ComparisonResult) -> Index:
        """Of a result, from its file if it came from one."""
        if isinstance(result.examples, Rows):
            return result.examples.keys
        scores: dict[str, list[float | None]] = {v: [] for v in result.variants}
        alike: dict[str, list[float | None]] = {v: [] for v in result.variants}
        for example in result.examples:
            for variant in result.variants:
                score = example.scores.get(variant, {}).get(result.metric)
                scores[variant].append(score.value if score else None)
                alike[variant].append(example.alike.get(variant))
        return cls(scores, alike)

    def told(self) -> dict[str, Any]:
        """As a document."""
        return {"scores": dict(self.scores), "alike": dict(self.alike)}


class Rows(Sequence[ComparedExample]):
    """A sequence over the lines of a file, which it holds open: a comparison that is made anew or
    deleted meanwhile changes nothing for who reads. Safe to share by threads."""

    def __init__(self, path: Path, start: int, ends: Sequence[int], index: Index) -> None:
        self.keys = index
        self._start = start
        self._ends = ends
        self._file = path.open("rb", buffering=0)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> ComparedExample: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[ComparedExample, ...]: ...
    def __getitem__(self, place: int | slice) -> ComparedExample | tuple[ComparedExample, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            raise IndexError(place)
        return example_of(json.loads(self.line(place)))

    def __iter__(self) -> Iterator[ComparedExample]:
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | Rows) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return id(self)

    def line(self, place: int) -> str:
        """A prompt's line as it stands in the file."""
        begin = self._ends[place - 1] if place else 0
        raw = os.pread(self._file.fileno(), self._ends[place] - begin, self._start + begin)
        return raw.decode("utf-8", "surrogatepass")


def example_of(told: dict[str, Any]) -> ComparedExample:
    """A prompt from its document."""
    told["references"] = tuple(told["references"])
    told["completions"] = {v: Completion(**c) for v, c in told["completions"].items()}
    told["scores"] = {
        variant: {metric: Score(**score) for metric, score in metrics.items()}
        for variant, metrics in told["scores"].items()
    }
    known = {field.name for field in dataclasses.fields(ComparedExample)}
    return ComparedExample(**{name: value for name, value in told.items() if name in known})
