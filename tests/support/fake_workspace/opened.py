"""What every verb works with: what was added, moved, stopped and asked so far."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from fake_questions import FakeQuestions

from jobs.home import Home
from jobs.types import (
    DatasetInfo,
    Example,
    JobInfo,
    RunInfo,
    Vote,
)
from jobs.workspace.imports import Imports


@dataclass
class Moving:
    """A run that trains for `train` seconds and is compared for `compare` seconds."""

    run: RunInfo
    started: float
    train: float = 2.5
    compare: float = 1.5


@dataclass
class Opened:
    """Rows that move with the clock; tests set the fields."""

    home: Home
    empty: bool = False
    clock: Any = time.time
    train_seconds: float = 2.5
    moving: list[Moving] = field(default_factory=list)
    added: list[DatasetInfo] = field(default_factory=list)
    rows_added: list[Example] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)  # comparisons that were stopped
    order: list[int] = field(default_factory=list)  # ids of jobs that were moved, in their order
    paused: bool = False
    imports: Imports = field(default_factory=Imports)
    chain: dict[str, list[DatasetInfo]] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    studying: set[int] = field(default_factory=set)
    talking: FakeQuestions = field(default_factory=lambda: FakeQuestions(time.time))
    given: list[Vote] = field(default_factory=list)
    looked: dict[str, float] = field(default_factory=dict)  # runs asked what they forgot, and when
    looked_by: dict[str, Any] = field(default_factory=dict)  # the data and the limit of each look
    broken_off: set[str] = field(default_factory=set)  # of those, looks that were stopped

    def _job(self, number: int, kind: str, state: Any, **more: Any) -> JobInfo:
        now = self.clock()
        base: dict[str, Any] = {
            "run_id": None,
            "comparison_id": None,
            "payload": {},
            "created": now - 60,
            "started": now - 40,
            "device": "cpu",
        }
        return JobInfo(id=number, kind=kind, state=state, **{**base, **more})
