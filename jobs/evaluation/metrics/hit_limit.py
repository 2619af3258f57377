"""Cut off: the share of answers that ran into the limit instead of ending by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.types import Completion, Score


@dataclass(frozen=True)
class HitLimit:
    """1 for an answer that was cut off; the mean is the share."""

    name: str = "hit_limit"
    title: str = "Cut off"
    what: str = "The share of answers that ran into the length limit."
    order: int = 60
    judges: bool = False

    def measure(self, completion: Completion) -> Score:
        return Score(float(completion.hit_limit))


MEASURES = (HitLimit(),)
