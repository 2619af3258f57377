"""Checkpoints that lie whole on the disk; one that is half-written has no row."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from jobs.home import Home
from jobs.store.database import Database
from jobs.store.tables import checkpoints
from jobs.types import Checkpoint


class Checkpoints:
    """Folders are stored relative to the home where they lie below it: a home may move."""

    def __init__(self, database: Database, clock: Callable[[], float], home: Home) -> None:
        self._database = database
        self._clock = clock
        self._home = home

    def add(
        self, run_id: int, step: int, folder: Path, validation_loss: float | None
    ) -> Checkpoint:
        """A checkpoint is whole; one of the same step (after a resume) is replaced."""
        kept = folder
        if folder.is_relative_to(self._home.root):
            kept = folder.relative_to(self._home.root)
        values = {
            "folder": str(kept),
            "validation_loss": validation_loss,
            "created": self._clock(),
        }
        made = insert(checkpoints).values(run_id=run_id, step=step, **values)
        made = made.on_conflict_do_update(index_elements=["run_id", "step"], set_=values)
        with self._database.write() as connection:
            return self._info(connection.execute(made.returning(*checkpoints.c)).one())

    def list(self, run_id: int) -> builtins.list[Checkpoint]:
        """Those of a run, by step."""
        query = select(checkpoints).where(checkpoints.c.run_id == run_id)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(checkpoints.c.step))
            return [self._info(row) for row in found]

    def newest(self, run_id: int) -> Checkpoint | None:
        """The one with the most steps, from which a resume goes on."""
        query = select(checkpoints).where(checkpoints.c.run_id == run_id)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(checkpoints.c.step.desc()).limit(1))
            row = found.one_or_none()
        return None if row is None else self._info(row)

    def remove(self, checkpoint_id: int) -> None:
        """Forget one; called before its folder goes."""
        with self._database.write() as connection:
            connection.execute(delete(checkpoints).where(checkpoints.c.id == checkpoint_id))

    def _info(self, row: Row[Any]) -> Checkpoint:
        folder = self._home.root / row.folder  # an absolute one stays what it is
        return Checkpoint(row.id, row.run_id, row.step, folder, row.validation_loss, row.created)
