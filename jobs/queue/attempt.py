"""One process's work on a job: begin it, do it, write how it ended, perhaps stay for the next."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from jobs.errors import AttuneError
from jobs.home import Home
from jobs.models.secrets import redact
from jobs.queue import endings, oom, places, processes
from jobs.queue.reporter import StoreReporter
from jobs.queue.work import Ending, Stopped, Tidy, Work, find_work
from jobs.store import IllegalTransition, Store
from jobs.store.filelock import Lock, acquire
from jobs.types import JobInfo, JobState

# A model that is loaded answers the next prompt at once; after this long its memory is let go.
# Whatever else is queued has it at once.
IDLE_SECONDS = 180.0
_LOOK_SECONDS = 0.05  # a read of the index of the queue, which takes a tenth of a millisecond
_WRITE_AGAIN_SECONDS = (1.0, 2.0, 4.0, 8.0)

Written = TypeVar("Written")


class Attempt:
    """The job that this process works on now, and the lock that says so."""

    def __init__(
        self,
        store: Store,
        home: Home,
        lock: Lock,
        *,
        terminated: Callable[[], bool] = lambda: False,
        idle: float = IDLE_SECONDS,
    ) -> None:
        self._store = store
        self._home = home
        self._lock = lock
        self._terminated = terminated
        self._idle = idle
        self._job: JobInfo | None = None
        self._reporter: StoreReporter | None = None

    def run(self, job_id: int, attempt: int | None = None) -> bool:
        """Whether it was done or stopped in good order; the ending is written in every case."""
        try:
            job = self._begin(job_id, attempt)
        except IllegalTransition as error:
            print(error, flush=True)
            return False
        reporter = StoreReporter(self._store, job, terminated=self._terminated)
        self._reporter = reporter
        try:
            work = find_work(job.kind)
            state = self._do(work, job, reporter)
            self._end(state, self._of_stop(state))
            if state == "done" and isinstance(work, Tidy):
                work.tidy(job, self._store, self._home)
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 - the edge
            print(redact("".join(traceback.format_exception(error))), flush=True)
            self._end(*endings.of_exception(error, job.kind))
            return False
        finally:
            reporter.close()
            self._lock.release()
        return True

    def _do(self, work: Work, job: JobInfo, reporter: StoreReporter) -> Ending:
        try:
            return work.run(job, self._store, self._home, reporter, self.stay)
        except Stopped:
            return "stopped"

    def stay(
        self, state: Ending = "done", error: Mapping[str, str] | None = None
    ) -> JobInfo | None:
        """As `jobs.queue.work.Stay` says."""
        assert self._job is not None
        kind, device = self._job.kind, self._job.device
        if error is None:
            self._end(state, self._of_stop(state))
        else:
            self._end("failed", error)
        deadline = time.monotonic() + self._idle
        while not self._terminated():
            waiting = self._store.jobs.kinds_waiting(device)
            if waiting - {kind}:
                break
            job = self._store.jobs.claim_same(kind, device) if waiting else None
            if job is not None:
                return self._take_over(job)
            if time.monotonic() >= deadline:
                break
            time.sleep(_LOOK_SECONDS)
        return None

    def _of_stop(self, state: Ending) -> Mapping[str, str] | None:
        """What to say of a stop that no person asked for: the computer was shut down."""
        job = self._job
        if state != "stopped" or job is None or not self._terminated():
            return None
        return None if self._store.jobs.stop_requested(job.id) else endings.of_shutdown(job.kind)

    def _begin(self, job_id: int, attempt: int | None) -> JobInfo:
        pid = processes.me()
        kills = oom.kills()
        self._job = _patiently(
            lambda: self._store.jobs.start(
                *(job_id, pid.pid, pid.ticks, pid.boot_id),
                attempt=attempt,
                oom_kills=kills.count if kills else None,
                oom_counter=kills.counter if kills else None,
            )
        )
        return self._job

    def _take_over(self, job: JobInfo) -> JobInfo:
        """A claimed job becomes the one at hand; nobody else takes a claimed job's lock."""
        lock = acquire(places.job_lock(self._home, job.id), patience=5.0)
        assert lock is not None
        assert self._reporter is not None
        lock.keep_from_forks()
        self._lock.release()
        self._lock = lock
        job = self._begin(job.id, job.attempt)
        self._reporter.switch(job)
        return job

    def _end(self, state: JobState, error: Mapping[str, str] | None = None) -> None:
        """Write the ending, and try again for a while where it cannot be written."""
        job, self._job = self._job, None
        if job is None:  # `stay` wrote it
            return
        assert self._reporter is not None
        reporter = self._reporter

        def write() -> None:
            reporter.flush()
            self._store.jobs.finish(job.id, state, error, attempt=job.attempt)

        try:
            _patiently(write)
        except IllegalTransition as gone:
            print(gone, flush=True)


def _patiently(write: Callable[[], Written]) -> Written:
    """Try again for a while where something cannot be written: a full disk has room again."""
    for patience in _WRITE_AGAIN_SECONDS:
        try:
            return write()
        except IllegalTransition:
            raise
        except (AttuneError, OperationalError) as failed:
            print(f"cannot write, trying again: {failed}", flush=True)
            time.sleep(patience)
    return write()
