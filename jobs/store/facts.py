"""Facts: what was found out once and is remembered (a probe's answer, lengths in tokens)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from jobs.store.database import Database
from jobs.store.tables import facts


class Facts:
    """Values of JSON by key, each with the time when it was found."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def get(self, key: str) -> Any | None:
        """The value, or None."""
        with self._database.read() as connection:
            return connection.scalar(select(facts.c.value).where(facts.c.key == key))

    def time(self, key: str) -> float | None:
        """When the value was found."""
        with self._database.read() as connection:
            return connection.scalar(select(facts.c.time).where(facts.c.key == key))

    def set(self, key: str, value: Any, time: float | None = None) -> None:
        """Remember a value, in place of an earlier one."""
        values = {"value": value, "time": self._clock() if time is None else time}
        made = insert(facts).values(key=key, **values)
        made = made.on_conflict_do_update(index_elements=["key"], set_=values)
        with self._database.write() as connection:
            connection.execute(made)
