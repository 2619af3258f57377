"""The process that has the queue of one device done: `python -P -m jobs.queue.runner`.

It claims a job, starts a child for it, watches it, writes how it ended if the child could not, and
goes on until the queue is empty. It can be killed at any moment: the next one adopts its child.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError

from jobs.errors import AttuneError
from jobs.home import Home
from jobs.queue import child, endings, places, processes
from jobs.queue.output import make_unfailing
from jobs.queue.processes import Identity, Started
from jobs.queue.reconcile import reconcile
from jobs.queue.watchdog import Watchdog
from jobs.store import Store
from jobs.store.database import Damaged
from jobs.store.filelock import Lock, acquire, held
from jobs.types import JobInfo

DYING = 5.0  # seconds from a child's last lock to its exit status, at the most


@dataclass(frozen=True)
class Patience:
    """Seconds between looks, and from a stop request to each stronger word.

    A child looks for requests at each step. The last word comes three seconds before the 15 within
    which memory has to be free: a runner on a busy machine looks late, and the kernel needs a
    moment to take it back.
    """

    look: float = 0.2
    terminate: float = 8.0
    kill: float = 12.0
    dump: float = 2.0  # for a child that hangs to write down where


@dataclass
class _Asked:
    """What was asked of the child on the device, since when, and how strongly so far."""

    what: tuple[str, int, int]
    since: float
    signals: int = 0


class Runner:
    """The runner of one device; `run` returns when it has given up its place."""

    def __init__(
        self,
        store: Store,
        home: Home,
        device: str,
        *,
        patience: Patience = Patience(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._home = home
        self._device = device
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._child: Started | None = None
        self._status: int | None = None
        self._asked: _Asked | None = None
        self._watchdog = Watchdog(clock)
        self._silent: float | None = None

    def run(self) -> None:
        """Do what is queued; returns at once if another runner has the place."""
        place = self._take_place()
        if place is None:
            return
        try:
            while self._round_in_bad_times():
                pass
        finally:
            place.release()

    def _take_place(self) -> Lock | None:
        """The runner's lock; None if another runner is there that will see every job.

        One that holds the lock without the place is just coming or just leaving: it is waited for.
        """
        while True:
            lock = acquire(places.runner_lock(self._home, self._device), patience=0.2)
            if lock is not None:
                me = processes.me()
                self._store.runners.take(self._device, me.pid, me.ticks, me.boot_id)
                return lock
            if self._store.runners.taken(self._device):
                return None
            self._sleep(self._patience.look)

    def _round_in_bad_times(self) -> bool:
        """A full disk or a locked database passes: nothing was lost, the round is tried again."""
        try:
            return self.round()
        except Damaged:
            raise  # that does not pass: what runs goes on, and the next command says what is wrong
        except (AttuneError, OperationalError, OSError) as error:
            print(f"trying again: {error}", flush=True)
            self._sleep(1.0)
            return True

    def round(self) -> bool:
        """One look at the device; False when the queue was empty and the place is given up."""
        if not self._home.database.exists():
            return False  # the home was deleted; open files of it would keep this going for ever
        self._reap()
        device_lock = acquire(places.device_lock(self._home, self._device))
        if device_lock is None:
            self._watch()
            self._sleep(self._patience.look)
            return True
        try:
            self._reap_the_dying()
            reconcile(self._store, self._home, self._device, self._status, self._silent)
            self._status = self._asked = self._silent = None
            job = self._store.jobs.claim(self._device)
            if job is not None:
                self._start(job, device_lock)
                return True
            if self._store.runners.leave_if_idle(self._device):
                return False
        finally:
            device_lock.release()
        self._sleep(self._patience.look)  # what is queued waits for a job of another device
        return True

    def _start(self, job: JobInfo, device_lock: Lock) -> None:
        """Start a child that holds the job's and the device's lock from its first moment."""
        lock: Lock | None = None
        try:
            lock = acquire(places.job_lock(self._home, job.id), patience=1.0)
            if lock is None:
                raise RuntimeError(f"job {job.id} was queued while a process was at work on it")
            hold = (lock, device_lock)
            words = child.command(self._home, job.id, job.attempt, hold)
            self._child = processes.start(words, places.job_log(self._home, job.id), hold)
        except OSError as error:
            ended = endings.of_exception(error, job.kind)
            self._store.jobs.finish(job.id, *ended, attempt=job.attempt)
        finally:
            if lock is not None:
                lock.release()

    def _reap(self) -> None:
        if self._child is not None:
            status = self._child.ended()
            if status is not None:
                self._child, self._status = None, status

    def _reap_the_dying(self) -> None:
        """A child that holds the device no more is at its end; the system takes its locks away a
        moment before it tells how it ended."""
        deadline = self._clock() + DYING
        while self._child is not None and self._clock() < deadline:
            self._reap()
            if self._child is not None:
                self._sleep(0.01)

    def _watch(self) -> None:
        """Make the child on the device give way where it is asked to and does not."""
        asked = self._what_is_asked()
        if asked is None:
            self._asked = None
            return
        if self._asked is None or self._asked.what != asked:
            # By this process's own clock: the system's may be set back.
            self._asked = _Asked(asked, self._clock())
        waited = self._clock() - self._asked.since
        steps = ((self._patience.terminate, signal.SIGTERM), (self._patience.kill, signal.SIGKILL))
        if asked[0] == "hang":
            steps = ((0.0, processes.TELL_WHERE), (self._patience.dump, signal.SIGKILL))
        for number, (after, word) in enumerate(steps, start=1):
            if waited >= after and self._asked.signals < number:
                self._asked.signals = number
                found = self._whom_to_signal(asked)
                if found is not None:
                    processes.signal_group(found, word)

    def _what_is_asked(self) -> tuple[str, int, int] | None:
        """To stop its job, to end because it hangs, or, if it has none and stays, to leave to a
        job that waits.
        """
        running = self._store.jobs.list(states=("running",), device=self._device, limit=1)
        if running:
            job = running[0]
            if job.stop_requested:
                return "stop", job.id, job.attempt
            silent = self._watchdog.silence(job)
            if silent is None:
                return None
            self._silent = silent
            return "hang", job.id, job.attempt
        waits = self._device in self._store.jobs.busy_devices()
        return ("leave", 0, 0) if waits else None

    def _whom_to_signal(self, asked: tuple[str, int, int]) -> Identity | None:
        if self._child is not None:
            return self._child.identity
        what, job_id, _ = asked
        jobs = self._store.jobs
        found = jobs.last_child(self._device) if what == "leave" else jobs.child(job_id)
        return None if found is None else Identity(found.pid, found.ticks, found.boot_id)


def ensure_runner(store: Store, home: Home, device: str, patience: float = 0.0) -> bool:
    """See that somebody does what is queued on a device; returns at once. Whether it started one.

    Called after a submit's transaction: by then either a runner is there that will find the job
    when it looks whether it may leave, or the place is empty. Two callers at once start two, of
    which one leaves again. Polls give a `patience` in seconds: they start none so soon after
    another, in case it cannot live here.
    """
    lock = places.runner_lock(home, device)
    if store.runners.taken(device) and held(lock):
        return False
    if device not in store.jobs.busy_devices():
        return False
    if not store.runners.may_spawn(device, patience):
        return False
    words = [sys.executable, *processes.PYTHON, "-m", "jobs.queue.runner", "--home", str(home.root)]
    processes.detach([*words, "--device", device], places.runner_log(home, device))
    return True


def ensure_runners(store: Store, home: Home, patience: float = 5.0) -> None:
    """As `ensure_runner`, for every device with work; what a server does at its start and polls."""
    for device in store.jobs.busy_devices():
        ensure_runner(store, home, device, patience)


def main(arguments: Sequence[str] | None = None) -> int:
    """Be the runner of a device until its queue is empty."""
    parser = argparse.ArgumentParser(prog="jobs.queue.runner", description="Has jobs done.")
    parser.add_argument("--home", required=True)
    parser.add_argument("--device", required=True)
    given = parser.parse_args(arguments)
    make_unfailing()
    home = Home(Path(given.home))
    Runner(Store.open(home), home, given.device).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
