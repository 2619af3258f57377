"""An opened home folder: what every verb works with."""

from __future__ import annotations

import threading

from jobs.home import Home
from jobs.queue.executors import Executor
from jobs.queue.executors.local import LocalExecutor
from jobs.queue.machine import Machine
from jobs.queue.runner import ensure_runners
from jobs.store import Store
from jobs.types import ComparisonResult
from jobs.workspace.at_hand import AtHand
from jobs.workspace.imports import Imports


class Opened:
    """A home folder, its database, and who does the work."""

    def __init__(self, home: Home, store: Store, executor: Executor | None = None) -> None:
        self.home = home
        self._store = store
        self._executor = executor or LocalExecutor(store, home)
        self._machine = Machine(store)
        self._imports = Imports()
        self._at_hand = AtHand(home)
        self._bringing = threading.Lock()  # one sample at a time: people press twice
        self._results: dict[int, ComparisonResult] = {}

    def _revive(self) -> None:
        """A runner that died is replaced when somebody looks, so that nobody waits for ever."""
        if isinstance(self._executor, LocalExecutor):
            ensure_runners(self._store, self.home)
