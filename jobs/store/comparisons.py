"""Comparisons: what was asked for, the job that does it, and the sentence that came out."""

from __future__ import annotations

import builtins
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from jobs.errors import NotFound
from jobs.store.database import Database
from jobs.store.job_rows import insert_job
from jobs.store.tables import comparison_runs, comparisons, datasets, jobs, runs
from jobs.types import ComparisonInfo

COMPARE = "compare"


class Comparisons:
    """State, job and error of a comparison are those of its newest job."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def add(
        self,
        dataset_id: int,
        model: str,
        split: str,
        limit: int | None,
        variants: Sequence[str],
        settings: Mapping[str, Any],
        *,
        device: str = "cpu",
        after: int | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> ComparisonInfo:
        """A comparison and its queued job, in one transaction; `after` is a job to wait for."""
        now = self._clock()
        with self._database.write() as connection:
            run_ids = _run_ids(connection, variants)
            values = {
                "created": now,
                "dataset_id": dataset_id,
                "model": model,
                "split": split,
                "limit": limit,
                "variants": [*variants],
                "settings": dict(settings),
                "request": _digest(dataset_id, model, split, limit, variants, settings, run_ids),
            }
            made = insert(comparisons).values(values).returning(comparisons.c.id)
            comparison_id: int = connection.execute(made).scalar_one()
            for run_id in run_ids.values():
                link = {"comparison_id": comparison_id, "run_id": run_id}
                connection.execute(insert(comparison_runs).values(link))
            insert_job(
                connection,
                now,
                COMPARE,
                device,
                comparison_id=comparison_id,
                payload=payload,
                after=after,
            )
            return self.get(comparison_id)

    def find(
        self,
        dataset_id: int,
        model: str,
        split: str,
        limit: int | None,
        variants: Sequence[str],
        settings: Mapping[str, Any],
    ) -> ComparisonInfo | None:
        """The newest comparison that asked for exactly this, of the same runs."""
        with self._database.read() as connection:
            run_ids = _run_ids(connection, variants)
            request = _digest(dataset_id, model, split, limit, variants, settings, run_ids)
            query = _query().where(comparisons.c.request == request)
            found = connection.execute(query.order_by(comparisons.c.id.desc()).limit(1))
            row = found.one_or_none()
        return None if row is None else _info(row)

    def get(self, comparison_id: int) -> ComparisonInfo:
        """The comparison of this id."""
        with self._database.read() as connection:
            query = _query().where(comparisons.c.id == comparison_id)
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(
                f"There is no comparison {comparison_id}.", "It may have gone with its dataset."
            )
        return _info(row)

    def list(self, limit: int | None = None, offset: int = 0) -> builtins.list[ComparisonInfo]:
        """Comparisons, the newest first."""
        query = _query().order_by(comparisons.c.id.desc())
        return self._all(query.limit(-1 if limit is None else limit).offset(offset))

    def count(self) -> int:
        """How many there are."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(comparisons)) or 0

    def ids(self) -> builtins.list[int]:
        """Of all comparisons."""
        with self._database.read() as connection:
            return [*connection.scalars(select(comparisons.c.id))]

    def of_dataset(self, dataset_id: int) -> builtins.list[ComparisonInfo]:
        """Those on a dataset, the newest first."""
        query = _query().where(comparisons.c.dataset_id == dataset_id)
        return self._all(query.order_by(comparisons.c.id.desc()))

    def of_run(self, run_id: int, limit: int | None = None) -> builtins.list[ComparisonInfo]:
        """Those that have a run in them, the newest first."""
        linked = comparison_runs.c.comparison_id == comparisons.c.id
        query = _query().join(comparison_runs, linked).where(comparison_runs.c.run_id == run_id)
        query = query.order_by(comparison_runs.c.comparison_id.desc())
        return self._all(query.limit(-1 if limit is None else limit))

    def set_verdict(self, comparison_id: int, verdict: str, outcome: str) -> None:
        """The sentence on top, and what it says of the variant that it leads with."""
        change = update(comparisons).where(comparisons.c.id == comparison_id)
        with self._database.write() as connection:
            connection.execute(change.values(verdict=verdict, outcome=outcome))

    def _all(self, query: Any) -> builtins.list[ComparisonInfo]:
        with self._database.read() as connection:
            return [_info(row) for row in connection.execute(query)]


def _query() -> Any:
    any_job = jobs.alias("any_job")
    of_this = any_job.c.comparison_id == comparisons.c.id
    newest = select(func.max(any_job.c.id)).where(of_this).correlate(comparisons).scalar_subquery()
    return (
        select(
            comparisons,
            datasets.c.name.label("data"),
            datasets.c.version.label("data_version"),
            jobs.c.state,
            jobs.c.id.label("job_id"),
            jobs.c.error,
        )
        .join(datasets, datasets.c.id == comparisons.c.dataset_id)
        .join(jobs, jobs.c.id == newest)
    )


def _info(row: Row[Any]) -> ComparisonInfo:
    return ComparisonInfo(
        id=row.id,
        created=row.created,
        dataset_id=row.dataset_id,
        data=row.data,
        model=row.model,
        split=row.split,
        limit=row.limit,
        variants=tuple(row.variants),
        settings=row.settings,
        state=row.state,
        job_id=row.job_id,
        verdict=row.verdict,
        outcome=row.outcome,
        error=row.error,
        data_version=row.data_version,
    )


def _run_ids(connection: Connection, variants: Sequence[str]) -> dict[str, int]:
    """The variants that are runs; the others (`base`, `base@4bit`) are no run's name."""
    found = connection.execute(select(runs.c.name, runs.c.id).where(runs.c.name.in_(variants)))
    return {name: run_id for name, run_id in found}


def _digest(*asked: Any) -> str:
    """Tells two requests apart, also those of two runs that had the same name in turn."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
