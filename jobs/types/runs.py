"""What was trained, its checkpoints, and how the training ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobs.types.queue import JobState


@dataclass(frozen=True)
class RunInfo:
    """What was trained and how; all but `state` and what `result` tells is fixed at its start."""

    id: int
    name: str
    created: float
    dataset_id: int
    dataset: str
    model: str  # the model's spec
    method: str
    effort: str
    options: Mapping[str, Any]  # flat: training options and the method's own
    seed: int
    template: str
    device: str
    folder: Path
    state: JobState
    step: int = 0
    steps: int = 0
    forecast: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)  # as TrainingResult has it
    error: Mapping[str, str] | None = None  # kind, what, cure, detail
    dataset_version: int = 1

    @property
    def early(self) -> bool:
        """Whether it was done before its last step, as early stopping asked for."""
        taken, steps = self.result.get("step", 0), self.result.get("steps", 0)
        return self.state == "done" and 0 < taken < steps

    @property
    def learnt(self) -> Path | None:
        """The folder of what was learnt, an adapter or a whole model; None before there is any,
        or where it has lost what says which of the two it is."""
        folder = self.folder / "adapter"
        told = (folder / name for name in ("adapter_config.json", "config.json"))
        return folder if any(one.is_file() for one in told) else None


@dataclass(frozen=True)
class Checkpoint:
    """A whole checkpoint on the disk; one that is half-written has no row."""

    id: int
    run_id: int
    step: int
    folder: Path
    validation_loss: float | None
    created: float


@dataclass(frozen=True)
class TrainingResult:
    """How a training ended; `adapter` holds the weights of `best_step`."""

    steps: int
    step: int
    seconds: float
    trainable_parameters: int
    total_parameters: int
    peak_memory: int
    best_step: int
    validation_loss: float | None
    stopped: bool
    adapter: Path
    rows: int = 0  # training rows that were learnt from, those that did not fit left out
