"""The process that does one job: `python -P -m jobs.queue.child --home H --job N`.

The runner hands it its locks (`--hold`, numbers of open files); started by hand it takes them. It
outlives its runner. SIGTERM means: stop in good order.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from sqlalchemy.exc import OperationalError

from jobs.errors import DiskFull, Unavailable
from jobs.home import Home
from jobs.models import company
from jobs.queue import places, processes
from jobs.queue.attempt import Attempt
from jobs.queue.endings import NO_HOME
from jobs.queue.output import make_unfailing
from jobs.store import Store
from jobs.store.filelock import Lock, acquire


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if the work was done or stopped in good order, 1 if not; the row says it either way.

    `NO_HOME` if not even the beginning could be written: then the runner says it.
    """
    make_unfailing()
    terminated = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: terminated.set())
    faulthandler.enable()
    if hasattr(signal, "SIGUSR1"):
        # The runner's word to a child that hangs: the log then shows where.
        faulthandler.register(signal.SIGUSR1)
    given = _parser().parse_args(arguments)
    try:
        return _work(given, terminated)
    except (DiskFull, Unavailable, OperationalError, OSError) as error:
        print(error, flush=True)
        return NO_HOME


def _work(given: argparse.Namespace, terminated: threading.Event) -> int:
    home = Home(Path(given.home))
    store = Store.open(home)
    device = store.jobs.get(given.job).device
    locks = [Lock(fd) for fd in given.hold] or _take_locks(home, device, given.job)
    for lock in locks:
        lock.keep_from_forks()
    company.watch()
    # The first one is the job's and may be changed for another's; the device's is kept to the end.
    attempt = Attempt(store, home, locks[0], terminated=terminated.is_set)
    return 0 if attempt.run(given.job, given.attempt) else 1


def command(home: Home, job_id: int, attempt: int, hold: Sequence[Lock]) -> list[str]:
    """What starts a child."""
    words = [sys.executable, *processes.PYTHON, "-m", "jobs.queue.child", "--home", str(home.root)]
    words += ["--job", str(job_id), "--attempt", str(attempt)]
    return words + [word for lock in hold for word in ("--hold", str(lock.fd))]


def _take_locks(home: Home, device: str, job_id: int) -> list[Lock]:
    paths = (places.job_lock(home, job_id), places.device_lock(home, device))
    locks = [acquire(path, patience=0.5) for path in paths]
    found = [lock for lock in locks if lock is not None]
    if len(found) < len(paths):
        raise SystemExit(f"Job {job_id} or another one on {device} is running already.")
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jobs.queue.child", description="Does one job.")
    parser.add_argument("--home", required=True)
    parser.add_argument("--job", type=int, required=True)
    parser.add_argument("--attempt", type=int)
    parser.add_argument("--hold", type=int, action="append", default=[])
    return parser


def _leave(status: int) -> NoReturn:
    """End at once.

    An interpreter that tidies up after torch takes seconds of the processor for memory that the
    kernel takes back anyhow, and it waits for every thread that a library left behind. All that
    time it would hold the device, for which the next job waits.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


if __name__ == "__main__":
    _leave(main())
