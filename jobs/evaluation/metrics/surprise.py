"""Negative log-likelihood of the reference: how surprised a model is by the wanted answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

from jobs.types import Completion, Score


@dataclass(frozen=True)
class Surprise:
    """Nats a token of the first reference and its end, read by the model after the prompt.

    Less is better; e^-value is the probability that it gives a token, by geometric mean. Values
    of models with different tokenizers cannot be compared, which is why it does not judge.
    """

    name: str = "nll"
    title: str = "Surprise"
    what: str = (
        "How surprised the model is by the reference, its negative log-likelihood a token: "
        "less is better."
    )
    order: int = 52
    judges: bool = False

    def measure(self, completion: Completion) -> Score:
        if completion.nll is None or not completion.reference_tokens:
            return Score(None, "the model was not asked how likely the reference is")
        if not math.isfinite(completion.nll):
            return Score(None, "the model gave the reference no likelihood at all")
        return Score(completion.nll / completion.reference_tokens)


MEASURES = (Surprise(),)
