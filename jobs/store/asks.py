"""Asks: one prompt, every variant answers; answers are kept as they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from jobs.errors import NotFound
from jobs.store.database import Database
from jobs.store.job_rows import insert_job
from jobs.store.states import WAITING_OR_RUNNING
from jobs.store.tables import answers, asks, jobs
from jobs.types import Ask, Completion

ASK = "ask"


class Asks:
    """State and error of an ask are those of its job, whose payload holds its `ask_id`."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def add(
        self,
        model: str,
        variants: Sequence[str],
        prompt: str,
        template: str,
        settings: Mapping[str, Any],
        *,
        device: str = "cpu",
    ) -> int:
        """An ask and its queued job, in one transaction; the ask's id."""
        now = self._clock()
        values = {
            "created": now,
            "model": model,
            "variants": [*variants],
            "prompt": prompt,
            "template": template,
            "settings": dict(settings),
        }
        with self._database.write() as connection:
            new = insert(asks).values(values).returning(asks.c.id)
            ask_id: int = connection.execute(new).scalar_one()
            job_id = insert_job(connection, now, ASK, device, payload={"ask_id": ask_id})
            connection.execute(update(asks).where(asks.c.id == ask_id).values(job_id=job_id))
        return ask_id

    def just_asked(
        self, model: str, variants: Sequence[str], prompt: str, template: str, since: float
    ) -> int | None:
        """The very same question of the last `since` seconds, while it waits or is answered."""
        now = self._clock()
        query = (
            select(asks)
            .join(jobs, jobs.c.id == asks.c.job_id)
            .where(asks.c.created.between(now - since, now), jobs.c.state.in_(WAITING_OR_RUNNING))
            .order_by(asks.c.id.desc())
            .limit(5)
        )
        with self._database.read() as connection:
            for row in connection.execute(query):
                asked = (row.model, tuple(row.variants), row.prompt, row.template)
                if asked == (model, tuple(variants), prompt, template):
                    found: int = row.id
                    return found
        return None

    def put(self, ask_id: int, variant: str, answer: Completion | Mapping[str, str]) -> None:
        """What a variant answered, or the error (kind, what, cure, detail) that it met."""
        values: dict[str, Any] = {"completion": None, "error": None}
        if isinstance(answer, Completion):
            values["completion"] = asdict(answer)
        else:
            values["error"] = dict(answer)
        made = insert(answers).values(ask_id=ask_id, variant=variant, **values)
        made = made.on_conflict_do_update(index_elements=["ask_id", "variant"], set_=values)
        with self._database.write() as connection:
            connection.execute(made)

    def get(self, ask_id: int) -> Ask:
        """The ask with the answers that have come so far."""
        joined = asks.join(jobs, jobs.c.id == asks.c.job_id)
        query = select(asks, jobs.c.state, jobs.c.error).select_from(joined)
        with self._database.read() as connection:
            row = connection.execute(query.where(asks.c.id == ask_id)).one_or_none()
            if row is None:
                raise NotFound(f"There is no ask {ask_id}.", "Ask again.")
            found = connection.execute(select(answers).where(answers.c.ask_id == ask_id)).all()
        return Ask(
            id=row.id,
            created=row.created,
            model=row.model,
            variants=tuple(row.variants),
            prompt=row.prompt,
            template=row.template,
            settings=row.settings,
            state=row.state,
            job_id=row.job_id,
            answers={a.variant: Completion(**a.completion) for a in found if a.completion},
            errors={a.variant: a.error for a in found if a.error},
            error=row.error,
        )
