"""Repetition: how much of an answer says again what it has said; it games recall."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from jobs.evaluation.metrics.words import tokens
from jobs.types import Completion, Score


@dataclass(frozen=True)
class Repetition:
    """Pairs of neighbouring words that stood earlier in the same text, of all its pairs."""

    name: str = "repetition"
    title: str = "Repetition"
    what: str = "How much of an answer says again what it said before: 0 is nothing."
    order: int = 55
    judges: bool = False

    def measure(self, completion: Completion) -> Score:
        value = repeated(completion.text)
        if value is None:
            return Score(None, "the answer has fewer than two words")
        return Score(value)


def repeated(text: str) -> float | None:
    """The share of a text's pairs of words that it had before; None where it has no pair."""
    pairs = list(pairwise(tokens(text)))
    return 1 - len(set(pairs)) / len(pairs) if pairs else None


MEASURES = (Repetition(),)
