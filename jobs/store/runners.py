"""The place of the runner on each device.

A runner gives its place up in the transaction that finds the queue empty, and who submits looks
for a runner after its job is in: transactions take turns, so either the runner sees the job or the
submitter sees the empty place. Whether the holder of a place still lives is told by a lock, which
is the queue's business.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from jobs.store.database import Database
from jobs.store.queue import needs_runner
from jobs.store.tables import jobs, runners


class Runners:
    """Who has the place, and when somebody last tried to fill it."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def taken(self, device: str) -> bool:
        """Whether somebody has the place and has not given it up."""
        query = select(runners.c.pid).where(runners.c.device == device)
        with self._database.read() as connection:
            return connection.scalar(query) is not None

    def take(self, device: str, pid: int, ticks: int, boot_id: str) -> None:
        """Have the place; who calls it holds the runner's lock, so any other holder is dead."""
        values = {"pid": pid, "ticks": ticks, "boot_id": boot_id, "started": self._clock()}
        made = insert(runners).values(device=device, **values)
        made = made.on_conflict_do_update(index_elements=["device"], set_=values)
        with self._database.write() as connection:
            connection.execute(made)

    def leave_if_idle(self, device: str) -> bool:
        """Give the place up if no job of the device runs or may begin, in one transaction."""
        with self._database.write() as connection:
            busy = (jobs.c.device == device, needs_runner(connection))
            if connection.scalar(select(jobs.c.id).where(*busy).limit(1)) is not None:
                return False
            change = update(runners).where(runners.c.device == device).values(pid=None)
            connection.execute(change)
            return True

    def may_spawn(self, device: str, patience: float) -> bool:
        """Note that a process is started now; False if one was less than `patience` seconds ago.

        A clock that was set back does not count as patience.
        """
        now = self._clock()
        query = select(runners.c.spawned).where(runners.c.device == device)
        with self._database.write() as connection:
            last = connection.scalar(query)
            if patience and last is not None and 0 <= now - last < patience:
                return False
            made = insert(runners).values(device=device, spawned=now)
            made = made.on_conflict_do_update(index_elements=["device"], set_={"spawned": now})
            connection.execute(made)
            return True
