"""Everything that Attune remembers, in one SQLite file: the only place with queries.

It hands out the frozen dataclasses of `jobs.types`, never rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jobs.home import Home
from jobs.store.asks import Asks
from jobs.store.checkpoints import Checkpoints
from jobs.store.comparisons import Comparisons
from jobs.store.completions import Completions
from jobs.store.database import Database
from jobs.store.datasets import Datasets
from jobs.store.events import Events
from jobs.store.facts import Facts
from jobs.store.jobs import Jobs
from jobs.store.queue import Place, Queue
from jobs.store.runners import Runners
from jobs.store.runs import Runs
from jobs.store.states import IllegalTransition
from jobs.store.votes import Votes

__all__ = ["IllegalTransition", "Place", "Store"]


class Store:
    """The queries by noun: `store.runs.get(name)`, `store.jobs.claim(device)`, ..."""

    def __init__(
        self, database: Database, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        self.clock = clock
        self.home = home
        self._database = database
        self.datasets = Datasets(database, clock)
        self.runs = Runs(database, clock, home)
        self.jobs = Jobs(database, clock)
        self.queue = Queue(database, clock)
        self.events = Events(database, clock)
        self.checkpoints = Checkpoints(database, clock, home)
        self.comparisons = Comparisons(database, clock)
        self.completions = Completions(database)
        self.votes = Votes(database, clock)
        self.asks = Asks(database, clock)
        self.facts = Facts(database, clock)
        self.runners = Runners(database, clock)

    @classmethod
    def open(cls, home: Home, clock: Callable[[], float] = time.time) -> Store:
        """The store of a home folder; makes the folders and brings the database up to date."""
        home.make()
        database = Database(home.database)
        database.migrate()
        return cls(database, home, clock)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Join several verbs into one writing transaction: all of them happen, or none."""
        with self._database.write():
            yield

    def close(self) -> None:
        """Close the connections to the file."""
        self._database.close()
