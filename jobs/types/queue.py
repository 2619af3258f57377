"""A piece of queued work: its states, what it tells, and how it tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

JobState = Literal["queued", "running", "done", "failed", "stopped", "interrupted"]
JobKind = str  # "train", "compare", "ask": one file each in jobs/queue/work/


@dataclass(frozen=True)
class JobInfo:
    """A piece of queued work."""

    id: int
    kind: JobKind
    state: JobState
    device: str
    run_id: int | None
    comparison_id: int | None
    payload: Mapping[str, Any]
    created: float
    started: float | None = None
    ended: float | None = None
    heartbeat: float | None = None
    stop_requested: bool = False
    attempt: int = 0
    pid: int | None = None
    phase: str = ""  # what it is doing now, as a sentence
    done: int = 0  # of `total`, in the phase's own unit
    total: int = 0
    seconds_left: float | None = None
    error: Mapping[str, str] | None = None  # kind, what, cure, detail


@dataclass(frozen=True)
class Event:
    """An append-only line of progress, metric or log; `id` only ever grows."""

    id: int
    job_id: int
    run_id: int | None
    time: float
    kind: Literal["metric", "log", "state", "warning"]
    data: Mapping[str, Any]


class Reporter(Protocol):
    """How work in a child tells what it does; the queue's writes rows, a test's keeps a list."""

    def phase(self, sentence: str, total: int = 0) -> None:
        """A new phase begins ("Loading the model"); `total` is what `progress` counts up to."""

    def progress(self, done: int, total: int, seconds_left: float | None = None) -> None:
        """How far the phase is; cheap to call at every step."""

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        """A point of the curves: loss, validation_loss, learning_rate, seconds, ..."""

    def log(self, text: str) -> None:
        """A line for the log."""

    def warn(self, sentence: str) -> None:
        """A plain sentence that the page shows beside the run."""

    def checkpoint(self, step: int, folder: Path, validation_loss: float | None) -> None:
        """A checkpoint lies whole in `folder`; called after the rename, before older ones go."""

    def stop_requested(self) -> bool:
        """Whether somebody asked this work to stop; cheap to call at every step."""
