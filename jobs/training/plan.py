"""What a training is asked to do: everything the loop needs, nothing it has to look up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.methods import virtual
from jobs.methods.training_options import TrainingOptions
from jobs.types import Example, ModelInfo, Precision


@dataclass(frozen=True)
class TrainingPlan:
    """One run, from its base model to the folder that it writes into.

    `folder` receives `adapter/`, `checkpoints/<step>/` and `run.json`. `resume` is a checkpoint's
    folder. `rows_at_once` bounds how many rows go through the model together, without changing
    how many make a step: a run that was killed for memory is resumed with a smaller one.
    `checkpoint_seconds` is the longest stretch of work that a crash may cost.
    """

    info: ModelInfo
    method: str
    training: TrainingOptions
    method_options: Any
    seed: int
    device: str  # "cpu", "cuda:0"
    precision: Precision  # of the base as it is loaded; "auto" is settled before
    template: str
    train: Sequence[Example]
    validation: Sequence[Example]
    folder: Path
    compute: Precision = "bfloat16"  # of the products over a 4-bit base
    resume: Path | None = None
    rows_at_once: int | None = None
    checkpoint_seconds: float = 60.0

    @property
    def virtual_tokens(self) -> int:
        """How many tokens of the length budget the method itself takes (0 for adapters)."""
        return virtual.virtual_tokens(self.method_options)

    @property
    def leads(self) -> bool:
        """Whether the method's own tokens have a place to predict the first label from."""
        return virtual.leads(self.method_options)

    @property
    def max_length(self) -> int:
        """Tokens a row may have: the option's, or the model's own limit where that is lower."""
        return self.info.at_most(self.training.max_length)
