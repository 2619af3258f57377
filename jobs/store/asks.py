"""Asks: one prompt, every variant answers; answers are kept as they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update
from sqlalchemy.dialects.sqlite import insert

from jobs.errors import NotFound
from jobs.store.database import Database
from jobs.store.job_rows import insert_job, job_info
from jobs.store.states import WAITING_OR_RUNNING
from jobs.store.tables import answers, asks, jobs
from jobs.types import Ask, Completion, JobInfo

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
        self, variants: Sequence[str], prompt: str, settings: Mapping[str, Any], since: float
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
                asked = (tuple(row.variants), row.prompt, row.settings)
                if asked == (tuple(variants), prompt, dict(settings)):
                    found: int = row.id
                    return found
        return None

    def put(
        self, ask_id: int, variant: str, answer: Completion | Mapping[str, str], note: str = ""
    ) -> None:
        """What a variant answered, or the error (kind, what, cure, detail) that it met."""
        with self._database.write() as connection:
            _put(connection, ask_id, variant, answer, note=note)

    def put_written(self, ask_id: int, written: Mapping[str, Completion]) -> None:
        """How far answers have come that are not whole yet."""
        with self._database.write() as connection:
            for variant, so_far in written.items():
                _put(connection, ask_id, variant, so_far, whole=False)

    def clear(self, ask_id: int) -> None:
        """Forget the answers of an earlier attempt, since all of them are written anew."""
        with self._database.write() as connection:
            connection.execute(answers.delete().where(answers.c.ask_id == ask_id))

    def get(self, ask_id: int) -> Ask:
        """The ask with the answers that have come so far."""
        query = _known().where(asks.c.id == ask_id)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                raise NotFound(f"There is no ask {ask_id}.", "Ask again.")
            return _ask(connection, row)

    def newest(self, limit: int) -> list[Ask]:
        """The newest asks first, as `get` has them."""
        query = _known().order_by(asks.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [_ask(connection, row) for row in connection.execute(query).all()]


def _known() -> Select[Any]:
    return select(asks).join(jobs, jobs.c.id == asks.c.job_id)


def _put(
    connection: Connection,
    ask_id: int,
    variant: str,
    answer: Completion | Mapping[str, str],
    *,
    whole: bool = True,
    note: str = "",
) -> None:
    values: dict[str, Any] = {"completion": None, "error": None, "whole": whole, "note": note}
    if isinstance(answer, Completion):
        values["completion"] = asdict(answer)
    else:
        values["error"] = dict(answer)
    made = insert(answers).values(ask_id=ask_id, variant=variant, **values)
    made = made.on_conflict_do_update(index_elements=["ask_id", "variant"], set_=values)
    connection.execute(made)


def _ask(connection: Connection, row: Row[Any]) -> Ask:
    job = job_info(connection.execute(select(jobs).where(jobs.c.id == row.job_id)).one())
    found = connection.execute(select(answers).where(answers.c.ask_id == row.id)).all()
    said = [(a, Completion(**a.completion)) for a in found if a.completion]
    behind, ahead = _before(connection, job) if job.state == "queued" else (None, 0)
    return Ask(
        id=row.id,
        created=row.created,
        model=row.model,
        variants=tuple(row.variants),
        prompt=row.prompt,
        template=row.template,
        settings=row.settings,
        state=job.state,
        job_id=job.id,
        answers={a.variant: completion for a, completion in said if a.whole},
        written={a.variant: completion for a, completion in said if not a.whole},
        notes={a.variant: a.note for a in found if a.note},
        errors={a.variant: a.error for a in found if a.error},
        error=job.error,
        phase=job.phase if job.state == "running" else "",
        stopping=job.stop_requested and job.state == "running",
        behind=behind,
        ahead=ahead,
    )


def _before(connection: Connection, job: JobInfo) -> tuple[JobInfo | None, int]:
    """What stands in front of a job that waits: the first of it, and how much there is."""
    own = select(jobs.c.position).where(jobs.c.id == job.id).scalar_subquery()
    waits = (jobs.c.state == "queued", jobs.c.position < own)
    found: list[JobInfo] = []
    for here in ((jobs.c.state == "running",), waits):
        query = select(jobs).where(jobs.c.device == job.device, *here).order_by(jobs.c.position)
        found += [job_info(row) for row in connection.execute(query)]
    return (found[0] if found else None), len(found)
