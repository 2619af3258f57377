"""Tells work that hangs from work that is slow, by the signs of life that its main loop gives.

A child's heartbeat is the time of its work's last word (a phase, a step, a look for a stop
request), so a loop that hangs is silent though its process lives.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from jobs.types import JobInfo

VARIABLE = "ATTUNE_PATIENCE"  # seconds of silence, whatever the pace was


@dataclass(frozen=True)
class Limits:
    """Seconds of silence after which a job counts as hanging.

    Long, because work that is ended wrongly costs a night, and what hangs costs only the wait. A
    first step may take an hour where a large model runs on a processor; once a phase has shown
    its pace, `times` its longest pause is enough where that is more than `known`.
    """

    unknown: float = 2 * 3600.0
    known: float = 1800.0
    times: float = 20.0
    signs: int = 3  # after which a phase has shown its pace

    @classmethod
    def of_environment(cls) -> Limits:
        """The usual ones, or what `$ATTUNE_PATIENCE` says."""
        try:
            given = float(os.environ.get(VARIABLE, ""))
        except ValueError:
            return cls()
        return cls(unknown=given, known=given, times=0.0) if given > 0 else cls()


@dataclass
class _Pace:
    """What a phase has shown so far."""

    signs: int = 0
    longest: float = 0.0


@dataclass
class _Seen:
    """One attempt of a job, as it was last seen to move."""

    who: tuple[int, int]
    heartbeat: float | None
    since: float
    phase: str
    phases: dict[str, _Pace] = field(default_factory=dict)


class Watchdog:
    """Looked at from time to time with the running job; by its own clock, which never goes back."""

    def __init__(self, clock: Callable[[], float], limits: Limits | None = None) -> None:
        self._clock = clock
        self._limits = limits or Limits.of_environment()
        self._seen: _Seen | None = None

    def silence(self, job: JobInfo) -> float | None:
        """For how many seconds a running job has been silent, if that is too long."""
        now, who = self._clock(), (job.id, job.attempt)
        if self._seen is None or self._seen.who != who:
            self._seen = _Seen(who, job.heartbeat, now, job.phase)
            return None
        seen = self._seen
        pace = seen.phases.setdefault(job.phase, _Pace())
        silent = now - seen.since
        if job.heartbeat != seen.heartbeat:
            if job.phase == seen.phase:  # a pause before it is the pace of another phase
                pace.signs += 1
                pace.longest = max(pace.longest, silent)
            seen.heartbeat, seen.since, seen.phase = job.heartbeat, now, job.phase
            return None
        limits = self._limits
        limit = limits.unknown
        if pace.signs >= limits.signs:
            limit = max(limits.known, limits.times * pace.longest)
        return silent if silent > limit else None
