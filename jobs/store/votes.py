"""Votes: which of two answers a person found better, not knowing whose they were."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert

from jobs.store.database import Database
from jobs.store.tables import votes
from jobs.types import Vote, VoteChoice


class Votes:
    """A person has one vote on a pair of answers to a prompt; voting again replaces it."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def put(
        self,
        comparison_id: int,
        voter: str,
        position: int,
        left: str,
        right: str,
        choice: VoteChoice,
    ) -> None:
        """Keep a vote; the pair is the same whichever side its variants were on."""
        values = {
            "created": self._clock(),
            "comparison_id": comparison_id,
            "voter": voter,
            "position": position,
            "pair": _pair(left, right),
            "left": left,
            "right": right,
            "choice": choice,
        }
        made = insert(votes).values(values)
        keys = ("comparison_id", "voter", "position", "pair")
        new = {name: made.excluded[name] for name in values if name not in keys}
        made = made.on_conflict_do_update(index_elements=list(keys), set_=new)
        with self._database.write() as connection:
            connection.execute(made)

    def undo(self, comparison_id: int, voter: str) -> Vote | None:
        """Take back a person's newest vote, which is what comes back; None if there is none."""
        query = select(votes).where(votes.c.comparison_id == comparison_id, votes.c.voter == voter)
        query = query.order_by(votes.c.created.desc(), votes.c.id.desc()).limit(1)
        with self._database.write() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            connection.execute(delete(votes).where(votes.c.id == row.id))
        return _vote(row)

    def hand_over(self, comparison_id: int, voter: str, name: str) -> None:
        """The votes of `voter` are `name`'s from here on, in the place of any that it has on the
        same answers."""
        moved = update(votes).prefix_with("OR REPLACE").values(voter=name)
        moved = moved.where(votes.c.comparison_id == comparison_id, votes.c.voter == voter)
        with self._database.write() as connection:
            connection.execute(moved)

    def list(self, comparison_id: int) -> list[Vote]:
        """Every vote on a comparison, the oldest first."""
        query = select(votes).where(votes.c.comparison_id == comparison_id)
        with self._database.read() as connection:
            return [_vote(row) for row in connection.execute(query.order_by(votes.c.id))]


def _pair(left: str, right: str) -> str:
    return "\n".join(sorted((left, right)))


def _vote(row: object) -> Vote:
    names = ("created", "voter", "position", "left", "right", "choice")
    return Vote(**{name: getattr(row, name) for name in names})
