"""The queue as a person may shape it: its order, and whether anything new begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from jobs.errors import InputError, NotFound, Unavailable
from jobs.store.database import Database
from jobs.store.states import WAITING_OR_RUNNING
from jobs.store.tables import facts, jobs
from jobs.types import JobState

Place = Literal["first", "up", "down", "last"]
_PAUSED = "queue paused"


class Queue:
    """Pausing is kept in the file: a queue that was paused on Friday is paused on Monday."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def paused(self) -> bool:
        """Whether nothing new begins."""
        with self._database.read() as connection:
            return is_paused(connection)

    def set_paused(self, paused: bool) -> None:
        """Let nothing new begin, or go on; what runs is left alone."""
        values = {"value": paused, "time": self._clock()}
        made = insert(facts).values(key=_PAUSED, **values)
        made = made.on_conflict_do_update(index_elements=["key"], set_=values)
        with self._database.write() as connection:
            connection.execute(made)

    def move(self, job_id: int, to: Place) -> None:
        """Change the place of a queued job among those that wait for the same device.

        The jobs exchange the numbers that they have, so what waits elsewhere is not touched.
        """
        if to not in get_args(Place):
            known = ", ".join(get_args(Place))
            raise InputError(f"A job cannot be moved “{to}”.", f"Use one of: {known}.")
        with self._database.write() as connection:
            row = connection.execute(
                select(jobs.c.state, jobs.c.device).where(jobs.c.id == job_id)
            ).one_or_none()
            if row is None:
                raise NotFound(f"There is no job {job_id}.", "Look at the queue again.")
            if row.state != "queued":
                raise Unavailable(
                    f"Job {job_id} is {row.state}: it does not wait any more.",
                    "Only what waits has a place in the queue.",
                )
            waiting = (jobs.c.device == row.device, jobs.c.state == "queued")
            query = select(jobs.c.id, jobs.c.position).where(*waiting).order_by(jobs.c.position)
            found = connection.execute(query).all()
            order = _moved([waits.id for waits in found], job_id, to)
            for waits, moved_id in zip(found, order, strict=True):
                if waits.id != moved_id:
                    change = update(jobs).where(jobs.c.id == moved_id)
                    connection.execute(change.values(position=waits.position))


def is_paused(connection: Connection) -> bool:
    """As `Queue.paused`, inside a transaction that decides by it."""
    return bool(connection.scalar(select(facts.c.value).where(facts.c.key == _PAUSED)))


def needs_runner(connection: Connection) -> ColumnElement[bool]:
    """Which jobs a runner is needed for: those that run, and those that may begin."""
    states: tuple[JobState, ...] = ("running",) if is_paused(connection) else WAITING_OR_RUNNING
    return jobs.c.state.in_(states)


def _moved(order: list[int], job_id: int, to: Place) -> list[int]:
    """The ids in their new order; what stands at an end already stays."""
    place = order.index(job_id)
    new = {"first": 0, "up": max(0, place - 1), "down": place + 1, "last": len(order)}[to]
    rest = [other for other in order if other != job_id]
    return [*rest[:new], job_id, *rest[new:]]
