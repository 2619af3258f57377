"""The states of a job and the ways between them: one table, applied by compare-and-swap.

queued ──► running ──► done
  ▲  │        ├──────► failed ───────┐
  │  │        ├──────► stopped ──────┤
  │  │        └──────► interrupted ──┤
  │  └─► stopped, failed (its turn never came)
  └──────────── Resume ──────────────┘
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jobs.errors import Unavailable
from jobs.types import JobState

TRANSITIONS: Mapping[JobState, frozenset[JobState]] = MappingProxyType(
    {
        "queued": frozenset({"running", "stopped", "failed"}),
        "running": frozenset({"done", "failed", "stopped", "interrupted"}),
        "done": frozenset(),
        "failed": frozenset({"queued"}),
        "stopped": frozenset({"queued"}),
        "interrupted": frozenset({"queued"}),
    }
)
WAITING_OR_RUNNING: tuple[JobState, ...] = ("queued", "running")


class IllegalTransition(Unavailable):
    """The job is in a state from which the one asked for cannot be reached."""


def sources(to: JobState) -> tuple[JobState, ...]:
    """The states from which a job may become `to`."""
    return tuple(state for state, ways in TRANSITIONS.items() if to in ways)
