"""In this process, before `wake` returns: for tests and for places without processes."""

from __future__ import annotations

from jobs.home import Home
from jobs.queue import places
from jobs.queue.attempt import Attempt
from jobs.store import Store
from jobs.store.filelock import acquire


class InlineExecutor:
    """Claims and does jobs until none is left whose turn it is."""

    def __init__(self, store: Store, home: Home) -> None:
        self._store = store
        self._home = home

    def wake(self, device: str) -> None:
        """Do what is queued; nothing if another process is at work on the device."""
        device_lock = acquire(places.device_lock(self._home, device), patience=0.2)
        if device_lock is None:
            return
        try:
            while (job := self._store.jobs.claim(device)) is not None:
                lock = acquire(places.job_lock(self._home, job.id), patience=0.2)
                if lock is None:
                    raise RuntimeError(f"job {job.id} was queued while a process was at work on it")
                Attempt(self._store, self._home, lock, idle=0.0).run(job.id, job.attempt)
        finally:
            device_lock.release()
