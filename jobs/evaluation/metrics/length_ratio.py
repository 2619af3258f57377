"""Length ratio: how long the answers are against their references."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.evaluation.metrics.words import tokens
from jobs.types import Score


@dataclass(frozen=True)
class LengthRatio:
    """Words of the completion per word of the reference; 1 is the same length, and none better."""

    name: str = "length_ratio"
    title: str = "Length"
    what: str = "How long the answer is: 1 is as long as the reference, 2 twice as long."
    order: int = 50
    judges: bool = False

    def score(self, completion: str, references: Sequence[str]) -> Score:
        """Against the reference that is nearest in length, by ratio; 0 for an empty completion."""
        lengths = sorted({len(tokens(reference)) for reference in references} - {0})
        if not lengths:
            return Score(None, "no reference has a word in it")
        written = len(tokens(completion))
        if written == 0:
            return Score(0.0)
        nearest = min(lengths, key=lambda length: abs(math.log(written / length)))
        return Score(written / nearest)


METRICS = (LengthRatio(),)
