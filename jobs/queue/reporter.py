"""How work in a child tells what it does: rows, in batches, from a thread."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from jobs.errors import AttuneError
from jobs.models.secrets import redact
from jobs.store import Store
from jobs.types import JobInfo


@dataclass(frozen=True)
class Intervals:
    """How often things are written and asked, in seconds."""

    flush: float = 0.5
    batch: int = 100  # events that do not wait for the next flush
    heartbeat: float = 2.0  # between two that nothing else is written with
    stop: float = 0.3


@dataclass
class _Progress:
    phase: str = "Starting"
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    step: int | None = None
    steps: int | None = None


class StoreReporter:
    """A `Reporter` that writes to the store; cheap to call at every step.

    The heartbeat that it writes is the time of the work's last word: this class has a thread of
    its own, which goes on where the work hangs, and must not vouch for it.

    What could not be written (the disk is full, a stranger holds the database) is kept and tried
    again; `flush` raises if it cannot be.
    """

    def __init__(
        self,
        store: Store,
        job: JobInfo,
        *,
        terminated: Callable[[], bool] = lambda: False,
        intervals: Intervals = Intervals(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._job = job
        self._terminated = terminated
        self._intervals = intervals
        self._clock = clock
        self._guard = threading.Lock()  # of what is pending
        self._writing = threading.Lock()  # batches go out one after another
        self._pending: list[tuple[str, Mapping[str, Any]]] = []
        self._progress = _Progress()
        self._counting = ""  # the phase whose progress is in steps; a check may be as long
        self._changed = True
        self._alive = store.clock()  # when the work last said or asked anything
        self._told_alive = -math.inf
        self._written = -math.inf
        self._stop = False
        self._asked = -math.inf
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)
        self._thread.start()

    def phase(self, sentence: str, total: int = 0) -> None:
        """A new phase; it is written at once, since phases are few."""
        self._alive = self._store.clock()
        with self._guard:
            kept = self._progress
            self._progress = _Progress(sentence, 0, total, None, kept.step, kept.steps)
            self._changed = True
        self._wake.set()

    def progress(self, done: int, total: int, seconds_left: float | None = None) -> None:
        """How far the phase is."""
        self._alive = self._store.clock()
        with self._guard:
            now = self._progress
            now.done, now.total, now.seconds_left = done, total, _finite(seconds_left)
            if total == now.steps and now.phase == self._counting:
                now.step = done
            self._changed = True

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        """A point of the curves; the phase that tells a training loss counts the run's steps."""
        plain = {name: _finite(value) for name, value in values.items()}
        with self._guard:
            self._progress.step = step
            if "loss" in values and self._progress.total >= step:
                self._progress.steps = self._progress.total
                self._counting = self._progress.phase
            self._changed = True
        self._tell("metric", {"step": step, "values": plain})

    def log(self, text: str) -> None:
        """A line for the log."""
        self._tell("log", {"text": redact(text)})

    def warn(self, sentence: str) -> None:
        """A plain sentence that the page shows beside the run."""
        self._tell("warning", {"sentence": sentence})

    def checkpoint(self, step: int, folder: Path, validation_loss: float | None) -> None:
        """A checkpoint lies whole; what was told before it is in the database before it."""
        if self._job.run_id is None:
            raise ValueError(f"job {self._job.id} has no run whose checkpoint this could be")
        self.flush()
        self._store.checkpoints.add(self._job.run_id, step, folder, _finite(validation_loss))

    def stop_requested(self) -> bool:
        """Whether somebody asked this work to stop, by request or by SIGTERM."""
        self._alive = self._store.clock()
        if self._terminated():
            return True
        now = self._clock()
        if not self._stop and now - self._asked >= self._intervals.stop:
            self._asked = now
            self._stop = self._ask()
        return self._stop

    def switch(self, job: JobInfo) -> None:
        """Report on another job from here on; for a child that stays."""
        self.flush()
        with self._guard:
            self._job, self._progress, self._changed = job, _Progress(), True
            self._alive = self._store.clock()
            self._stop, self._asked = False, -math.inf

    def flush(self) -> None:
        """Write what is pending, in one transaction."""
        with self._writing:
            with self._guard:
                batch, self._pending = self._pending, []
                job, now = self._job, self._progress
                told = (now.phase, now.done, now.total, now.seconds_left)
                step, steps = now.step, now.steps
                alive = self._alive
                self._changed = False
            try:
                with self._store.transaction():
                    self._store.events.append(job.id, job.run_id, batch, attempt=job.attempt)
                    self._store.jobs.progress(job.id, *told, alive, step=step, steps=steps)
            except (AttuneError, OperationalError):
                with self._guard:
                    self._pending = [*batch, *self._pending]
                    self._changed = True
                raise
            self._written, self._told_alive = self._clock(), alive

    def close(self) -> None:
        """End the thread; `flush` first, what is pending is not written any more."""
        self._closed = True
        self._wake.set()
        self._thread.join()

    def _tell(self, kind: str, data: Mapping[str, Any]) -> None:
        self._alive = self._store.clock()
        with self._guard:
            self._pending.append((kind, data))
            full = len(self._pending) >= self._intervals.batch
        if full:
            self._wake.set()

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait(self._intervals.flush)
            self._wake.clear()
            due = self._clock() - self._written >= self._intervals.heartbeat
            if self._changed or self._pending or (due and self._alive != self._told_alive):
                try:
                    self.flush()
                except (AttuneError, OperationalError) as error:
                    print(f"could not write progress, trying again: {error}", flush=True)
                    time.sleep(self._intervals.flush)

    def _ask(self) -> bool:
        try:
            return self._store.jobs.stop_requested(self._job.id)
        except (AttuneError, OperationalError):
            return False  # asked again at the next step


def _finite(value: float | None) -> float | None:
    """None for what JSON has no word for."""
    if value is None or not math.isfinite(value):
        return None
    return float(value)
