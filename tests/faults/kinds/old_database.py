"""A database of the first release, with jobs that wait and one that says it runs."""

from __future__ import annotations

import json
import sqlite3

from sqlalchemy import create_engine, event

from faults.kinds import Plain
from faults.world import World
from jobs.store import Store
from jobs.store.database import _begin
from jobs.store.migrations import REVISIONS
from jobs.store.migrations.upgrade import upgrade
from jobs.workspace import Workspace

TABLES = ("datasets", "facts", "runs", "jobs", "events", "checkpoints")


class OldDatabase(Plain):
    name = "old-database"

    def play(self, world: World) -> None:
        world.begin()
        world.kill(world.runner(), world.child())
        world.store.close()
        self._as_first_release(world)
        world.store = Store.open(world.home)
        world.workspace = Workspace(world.home, world.store)
        world.settle()
        world.expect("interrupted")
        world.finish()

    def _as_first_release(self, world: World) -> None:
        """The same rows in a file of the first form, with the columns that it had."""
        new, old = world.home.database, world.root / "old.db"
        engine = create_engine(f"sqlite:///{old}")
        event.listen(engine, "connect", lambda c, _: setattr(c, "isolation_level", None))
        event.listen(engine, "begin", _begin)
        with engine.connect() as connection:
            upgrade(connection, to=REVISIONS[0])
        engine.dispose()
        with sqlite3.connect(old) as target, sqlite3.connect(new) as source:
            source.row_factory = sqlite3.Row
            for table in TABLES:
                columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
                names = ", ".join(json.dumps(c) for c in columns)
                holes = ", ".join("?" for _ in columns)
                rows = source.execute(f"SELECT {names} FROM {table}").fetchall()
                target.executemany(
                    f"INSERT INTO {table} ({names}) VALUES ({holes})", [tuple(r) for r in rows]
                )
        for suffix in ("", "-wal", "-shm"):
            new.with_name(new.name + suffix).unlink(missing_ok=True)
        old.rename(new)
        old.with_name(old.name + "-wal").unlink(missing_ok=True)


FAULT = OldDatabase()
