"""In processes on this machine: a detached runner and a child for each job."""

from __future__ import annotations

from jobs.home import Home
from jobs.queue.runner import ensure_runner
from jobs.store import Store


class LocalExecutor:
    """Returns at once; the work goes on when this process ends."""

    def __init__(self, store: Store, home: Home) -> None:
        self._store = store
        self._home = home

    def wake(self, device: str) -> None:
        """Start a runner for the device unless there is one."""
        ensure_runner(self._store, self._home, device)
