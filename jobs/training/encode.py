"""Examples become token ids: prompt and completion apart, joined by position and never searched.

A row that is too long loses tokens from the middle of its prompt, never from its completion: cut
at the end it would lose its end token, and a row with no label left gives a loss of 0 and looks
fine. What was shortened or dropped is counted and said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from jobs.data.shorten import shorten
from jobs.types import Example, ModelKind

# A prompt that would be left with fewer tokens than this says nothing any more: drop the row.
LEAST_PROMPT = 8


class Renders(Protocol):
    """The part of `jobs.data.template.Renderer` that training needs."""

    def prompt_ids(self, prompt: str) -> list[int]: ...

    def completion_ids(self, text: str) -> list[int]: ...


@dataclass(frozen=True)
class Encoded:
    """One row in token ids; `completion_ids` end with the end token, and all are labels."""

    prompt_ids: tuple[int, ...]
    completion_ids: tuple[int, ...]
    row: int

    @property
    def length(self) -> int:
        """Tokens that a causal model reads: the last one of the completion is only predicted."""
        return len(self.prompt_ids) + len(self.completion_ids) - 1


@dataclass(frozen=True)
class Encoding:
    """The rows that fit, and the numbers of the source rows that did not fit as they were."""

    rows: tuple[Encoded, ...]
    shortened: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()

    @property
    def labels(self) -> int:
        return sum(len(row.completion_ids) for row in self.rows)


def encode(
    renderer: Renders,
    examples: Iterable[Example],
    max_length: int,
    virtual_tokens: int = 0,
    kind: ModelKind = "causal",
    leads: bool = True,
) -> Encoding:
    """Encode every example within `max_length` tokens, soft prompt counted.

    `leads` is `TrainingPlan.leads`: whether the virtual tokens have a place to predict from.

    A causal model holds soft prompt, prompt and completion in one sequence. An encoder-decoder
    model has `max_length` for soft prompt and prompt, and again for the completion.
    """
    rows: list[Encoded] = []
    shortened: list[int] = []
    dropped: list[int] = []
    for example in examples:
        prompt = renderer.prompt_ids(example.prompt)
        completion = renderer.completion_ids(example.references[0])
        room = max_length - virtual_tokens
        if kind == "causal":
            room -= len(completion)
        too_long = kind == "encoder-decoder" and len(completion) > max_length
        # With nothing in front, a causal model has no place from which to predict the first label.
        nothing_before = kind == "causal" and not prompt and not (virtual_tokens and leads)
        if too_long or nothing_before or (len(prompt) > room and room < LEAST_PROMPT):
            dropped.append(example.row)
            continue
        if len(prompt) > room:
            prompt = shorten(prompt, room)
            shortened.append(example.row)
        rows.append(Encoded(tuple(prompt), tuple(completion), example.row))
    return Encoding(tuple(rows), tuple(shortened), tuple(dropped))
