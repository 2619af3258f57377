"""Events: append-only lines of progress, metric or log, with ids that only grow.

Writers take turns (BEGIN IMMEDIATE), so ids become visible in their order: a reader that asks for
what came after the last id it saw misses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Row, insert, select

from jobs.store.database import Database
from jobs.store.tables import events
from jobs.types import Event


class Events:
    """What running jobs tell: `metric` {step, values}, `log` {text}, `warning` {sentence}."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def append(
        self,
        job_id: int,
        run_id: int | None,
        items: Iterable[tuple[str, Mapping[str, Any]]],
        *,
        attempt: int = 0,
    ) -> None:
        """A batch, in one transaction: all of it is kept from here on, or none."""
        told = {"job_id": job_id, "run_id": run_id, "attempt": attempt, "time": self._clock()}
        rows = [{**told, "kind": kind, "data": dict(data)} for kind, data in items]
        if rows:
            with self._database.write() as connection:
                connection.execute(insert(events), rows)

    def after(
        self,
        event_id: int = 0,
        run_id: int | None = None,
        job_id: int | None = None,
        limit: int = 1000,
    ) -> list[Event]:
        """What came after an event, the oldest first."""
        query = select(events).where(events.c.id > event_id, *_of(run_id, job_id))
        with self._database.read() as connection:
            return [_event(row) for row in connection.execute(query.order_by("id").limit(limit))]

    def metrics(self, run_id: int) -> list[dict[str, Any]]:
        """The points of a run's curves by step; a resumed run's points replace those it redid."""
        query = select(events.c.attempt, events.c.data)
        query = query.where(events.c.run_id == run_id, events.c.kind == "metric")
        points: dict[int, dict[str, Any]] = {}
        attempt = 0
        with self._database.read() as connection:
            for row in connection.execute(query.order_by(events.c.id)):
                step = row.data["step"]
                if row.attempt != attempt:
                    attempt = row.attempt
                    # A validation that a stop came before is of a step that was taken already.
                    redone = step if "loss" in row.data["values"] else step + 1
                    points = {s: point for s, point in points.items() if s < redone}
                points.setdefault(step, {"step": step}).update(row.data["values"])
        return [points[step] for step in sorted(points)]

    def log(self, run_id: int | None = None, job_id: int | None = None) -> str:
        """The lines that a run, or one job, wrote to its log."""
        return "\n".join(data["text"] for data in self._data("log", run_id, job_id))

    def warnings(self, run_id: int | None = None, job_id: int | None = None) -> list[str]:
        """The plain sentences that a page shows beside a run, each once."""
        found = [data["sentence"] for data in self._data("warning", run_id, job_id)]
        return list(dict.fromkeys(found))

    def _data(self, kind: str, run_id: int | None, job_id: int | None) -> list[dict[str, Any]]:
        query = select(events.c.data).where(events.c.kind == kind, *_of(run_id, job_id))
        with self._database.read() as connection:
            return [*connection.scalars(query.order_by(events.c.id))]


def _of(run_id: int | None, job_id: int | None) -> list[Any]:
    wanted = []
    if run_id is not None:
        wanted.append(events.c.run_id == run_id)
    if job_id is not None:
        wanted.append(events.c.job_id == job_id)
    return wanted


def _event(row: Row[Any]) -> Event:
    return Event(row.id, row.job_id, row.run_id, row.time, row.kind, row.data)
