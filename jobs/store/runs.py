"""Runs: what is trained, with the job that trains it."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from jobs.errors import AlreadyExists, NotFound, Unavailable
from jobs.home import Home
from jobs.store.database import Database
from jobs.store.job_rows import TRAIN, insert_job
from jobs.store.names import LONGEST, check_run, clean, not_found
from jobs.store.states import WAITING_OR_RUNNING
from jobs.store.tables import asks, comparison_runs, datasets, jobs, runs
from jobs.types import RunInfo, TrainingResult


class Runs:
    """State, step and error of a run are those of its newest train job."""

    def __init__(self, database: Database, clock: Callable[[], float], home: Home) -> None:
        self._database = database
        self._clock = clock
        self._home = home

    def add(
        self,
        name: str,
        dataset_id: int,
        model: str,
        method: str,
        effort: str,
        options: Mapping[str, Any],
        seed: int,
        template: str,
        device: str,
        forecast: Mapping[str, Any] | None = None,
    ) -> RunInfo:
        """A run and its queued job, in one transaction; a name that is taken is refused."""
        name = check_run(name)
        now = self._clock()
        with self._database.write() as connection:
            if self.exists(name):
                raise AlreadyExists(
                    f"There is a run “{name}” already.", "Choose another name, or delete that one."
                )
            values = {
                "name": name,
                "created": now,
                "dataset_id": dataset_id,
                "model": model,
                "method": method,
                "effort": effort,
                "options": dict(options),
                "seed": seed,
                "template": template,
                "device": device,
                "forecast": dict(forecast or {}),
            }
            made = insert(runs).values(values).returning(runs.c.id)
            run_id: int = connection.execute(made).scalar_one()
            insert_job(connection, now, TRAIN, device, run_id=run_id)
            return self.by_id(run_id)

    def get(self, name: str) -> RunInfo:
        """The run of this name; `NotFound` suggests the nearest one."""
        with self._database.read() as connection:
            row = connection.execute(_query().where(runs.c.name == clean(name))).one_or_none()
            if row is None:
                newest = select(runs.c.name).order_by(runs.c.id.desc()).limit(1000)
                raise not_found("run", name, connection.scalars(newest))
        return self._info(row)

    def by_id(self, run_id: int) -> RunInfo:
        """The run of this id."""
        with self._database.read() as connection:
            row = connection.execute(_query().where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no run {run_id}.", "It may have been deleted.")
        return self._info(row)

    def list(
        self, limit: int | None = None, offset: int = 0, *, ended: bool = False
    ) -> builtins.list[RunInfo]:
        """Runs, the newest first; with `ended` only those that neither wait nor run."""
        # The page is found by keys alone: with all that belongs to a run, the runs that are passed
        # over would cost more than all the rest.
        page = select(runs.c.id).order_by(runs.c.id.desc())
        if ended:
            moving = (jobs.c.state.in_(WAITING_OR_RUNNING), jobs.c.kind == TRAIN, jobs.c.run_id > 0)
            page = page.where(runs.c.id.not_in(select(jobs.c.run_id).where(*moving)))
        page = page.limit(-1 if limit is None else limit).offset(offset)
        query = _query().where(runs.c.id.in_(page)).order_by(runs.c.id.desc())
        with self._database.read() as connection:
            return [self._info(row) for row in connection.execute(query)]

    def search(
        self,
        words: str = "",
        *,
        data: str | None = None,
        model: str | None = None,
        limit: int,
        before: int | None = None,
    ) -> builtins.list[RunInfo]:
        """The newest runs with all these words in their name, on a dataset, of a model, or with a
        lower id than `before`."""
        query = _query().order_by(runs.c.id.desc()).limit(limit)
        for word in words.split():
            query = query.where(runs.c.name.contains(word, autoescape=True))
        if data is not None:
            query = query.where(datasets.c.name == data)
        if model is not None:
            query = query.where(runs.c.model == model)
        if before is not None:
            query = query.where(runs.c.id < before)
        with self._database.read() as connection:
            return [self._info(row) for row in connection.execute(query)]

    def ids(self) -> builtins.list[int]:
        """Of all runs."""
        with self._database.read() as connection:
            return [*connection.scalars(select(runs.c.id))]

    def count(self, *, ended: bool = False) -> int:
        """How many runs there are, or how many of them have ended."""
        moving = select(func.count(jobs.c.run_id.distinct()))
        moving = moving.where(jobs.c.state.in_(WAITING_OR_RUNNING), jobs.c.kind == TRAIN)
        with self._database.read() as connection:
            every = connection.scalar(select(func.count()).select_from(runs)) or 0
            return every - (connection.scalar(moving) or 0) if ended else every

    def exists(self, name: str) -> bool:
        """Whether a run has this name."""
        with self._database.read() as connection:
            found = select(runs.c.id).where(runs.c.name == clean(name))
            return connection.scalar(found) is not None

    def of_dataset(self, dataset_id: int) -> builtins.list[RunInfo]:
        """The runs that were trained on a dataset, the newest first."""
        query = _query().where(runs.c.dataset_id == dataset_id).order_by(runs.c.id.desc())
        with self._database.read() as connection:
            return [self._info(row) for row in connection.execute(query)]

    def just_queued(self, since: float) -> builtins.list[RunInfo]:
        """Runs that were queued in the last `since` seconds and wait or work, the newest first."""
        now = self._clock()
        newest = self.list(limit=5)
        return [
            run
            for run in newest
            if 0 <= now - run.created <= since and run.state in WAITING_OR_RUNNING
        ]

    def set_result(self, run_id: int, result: TrainingResult | Mapping[str, Any]) -> None:
        """What came out of the training; paths become text."""
        told = asdict(result) if is_dataclass(result) else dict(result)
        plain = {k: str(v) if isinstance(v, Path) else v for k, v in told.items()}
        with self._database.write() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(result=plain))

    def delete(self, name: str) -> RunInfo:
        """Delete a run with all that is known of it alone: jobs, events, checkpoints, completions,
        and the questions that it was asked; its folders are the caller's.
        """
        with self._database.write() as connection:
            info = self.deletable(name)
            _delete_questions(connection, info.name)
            connection.execute(delete(runs).where(runs.c.id == info.id))
            return info

    def deletable(self, name: str) -> RunInfo:
        """The run, where `delete` would take it; `Unavailable` while anything works with it."""
        with self._database.read() as connection:
            info = self.get(name)
            if info.state in WAITING_OR_RUNNING:
                raise Unavailable(f"The run “{info.name}” is {info.state}.", "Stop it first.")
            if _busy_comparison(connection, info.id):
                raise Unavailable(
                    f"A comparison with “{info.name}” is queued or under way.",
                    "Wait for it or stop it first.",
                )
            if _busy_job(connection, info.id):
                raise Unavailable(
                    f"Something is queued or under way on “{info.name}”.",
                    "Wait for it or stop it first.",
                )
            return info

    def free_name(self, stem: str) -> str:
        """`stem-1`, or the number after the highest that is taken."""
        stem = check_run(stem)[: LONGEST - 6]
        # "." is the character after "-": this is a range of the index.
        like = (runs.c.name >= f"{stem}-", runs.c.name < f"{stem}.")
        with self._database.read() as connection:
            taken = connection.scalars(select(runs.c.name).where(*like)).all()
        numbers = [name[len(stem) + 1 :] for name in taken]
        highest = max((int(n) for n in numbers if re.fullmatch("[0-9]{1,5}", n)), default=0)
        return f"{stem}-{highest + 1}"

    def _info(self, row: Row[Any]) -> RunInfo:
        result = row.result or {}
        return RunInfo(
            id=row.id,
            name=row.name,
            created=row.created,
            dataset_id=row.dataset_id,
            dataset=row.dataset,
            model=row.model,
            method=row.method,
            effort=row.effort,
            options=row.options,
            seed=row.seed,
            template=row.template,
            device=row.device,
            folder=self._home.run(row.id),
            state=row.state,
            step=row.step or result.get("step", 0),
            steps=row.steps or result.get("steps") or row.forecast.get("steps") or 0,
            forecast=row.forecast,
            result=result,
            error=row.error,
            dataset_version=row.dataset_version,
        )


def _query() -> Any:
    any_job = jobs.alias("any_job")
    of_run = (any_job.c.run_id == runs.c.id, any_job.c.kind == TRAIN)
    newest = select(func.max(any_job.c.id)).where(*of_run).correlate(runs).scalar_subquery()
    return (
        select(
            runs,
            datasets.c.name.label("dataset"),
            datasets.c.version.label("dataset_version"),
            jobs.c.state,
            jobs.c.step,
            jobs.c.steps,
            jobs.c.error,
        )
        .join(datasets, datasets.c.id == runs.c.dataset_id)
        .join(jobs, jobs.c.id == newest)
    )


def _delete_questions(connection: Connection, name: str) -> None:
    """Delete what was asked of a run, with the jobs; a question that is under way stays."""
    asked = func.json_each(asks.c.variants).table_valued("value")
    query = (
        select(asks.c.id, asks.c.job_id)
        .outerjoin(jobs, jobs.c.id == asks.c.job_id)
        .where(exists(select(1).select_from(asked).where(asked.c.value == name)))
        .where(jobs.c.state.is_(None) | jobs.c.state.not_in(WAITING_OR_RUNNING))
    )
    found = connection.execute(query).all()
    connection.execute(delete(asks).where(asks.c.id.in_([row.id for row in found])))
    connection.execute(delete(jobs).where(jobs.c.id.in_([row.job_id for row in found])))


def _busy_comparison(connection: Connection, run_id: int) -> bool:
    busy = (
        select(jobs.c.id)
        .join(comparison_runs, comparison_runs.c.comparison_id == jobs.c.comparison_id)
        .where(comparison_runs.c.run_id == run_id, jobs.c.state.in_(WAITING_OR_RUNNING))
    )
    return connection.scalar(busy.limit(1)) is not None


def _busy_job(connection: Connection, run_id: int) -> bool:
    """Whether a job of its own, such as a look at what it forgot, waits or works."""
    busy = (jobs.c.run_id == run_id, jobs.c.state.in_(WAITING_OR_RUNNING))
    return connection.scalar(select(jobs.c.id).where(*busy).limit(1)) is not None
