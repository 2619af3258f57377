"""Completions, kept as they come: a comparison that was interrupted does not answer them again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from jobs.store.database import Database
from jobs.store.tables import completions
from jobs.types import Completion


class Completions:
    """By a key of the caller's that holds all that shapes them, and by the index of the prompt."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_many(
        self, key: str, items: Iterable[tuple[int, Completion]], run_id: int | None = None
    ) -> None:
        """Keep a batch, until the run that wrote it is deleted; a prompt that was answered before
        is answered anew.
        """
        digest = _digest(key)
        rows = [
            {
                "key": digest,
                "position": index,
                "text": done.text,
                "tokens": done.tokens,
                "hit_limit": done.hit_limit,
                "seconds": done.seconds,
                "nll": done.nll,
                "reference_tokens": done.reference_tokens,
                "run_id": run_id,
            }
            for index, done in items
        ]
        if not rows:
            return
        made = insert(completions)
        new = {name: made.excluded[name] for name in rows[0] if name not in ("key", "position")}
        made = made.on_conflict_do_update(index_elements=["key", "position"], set_=new)
        with self._database.write() as connection:
            connection.execute(made, rows)

    def get(self, key: str) -> dict[int, Completion]:
        """What there is under a key, by index."""
        query = select(completions).where(completions.c.key == _digest(key))
        with self._database.read() as connection:
            return {
                row.position: Completion(
                    row.text,
                    row.tokens,
                    row.hit_limit,
                    row.seconds,
                    row.nll,
                    row.reference_tokens,
                )
                for row in connection.execute(query)
            }


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
