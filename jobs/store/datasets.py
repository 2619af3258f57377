"""Datasets: a name, what is known of it, and a folder that is written before the name is taken."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from jobs.errors import AlreadyExists, NotFound, Unavailable
from jobs.store.database import Database
from jobs.store.names import check_dataset, clean, not_found
from jobs.store.states import WAITING_OR_RUNNING
from jobs.store.tables import comparisons, datasets, jobs, runs
from jobs.types import Columns, DatasetInfo, Finding


class Datasets:
    """Added in two steps: `reserve` gives the id of the folder, `complete` takes the name."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def reserve(self, name: str) -> int:
        """An id whose folder may be written; the name is checked, and taken by `complete`."""
        with self._database.write() as connection:
            name = self._free(connection, name)
            values = {"name": name, "created": self._clock(), "ready": False}
            made = insert(datasets).values(values).returning(datasets.c.id)
            return connection.execute(made).scalar_one()

    def reserve_version(self, parent: DatasetInfo) -> int:
        """An id whose folder may be written, for a version made from this one."""
        with self._database.write() as connection:
            values = {"name": parent.name, "created": self._clock(), "ready": False}
            made = insert(datasets).values(values).returning(datasets.c.id)
            return connection.execute(made).scalar_one()

    def complete(
        self,
        dataset_id: int,
        *,
        source: str,
        columns: Columns,
        template: str,
        counts: Mapping[str, int],
        fingerprint: str,
        findings: Sequence[Finding] = (),
        bytes: int = 0,
        studied: bool = False,
        parent: DatasetInfo | None = None,
        change: str = "",
        changes: Mapping[str, int] | None = None,
        intake: Mapping[str, int] | None = None,
    ) -> DatasetInfo:
        """The folder is whole: the dataset exists from here on, unless its name went meanwhile.

        With a `parent` it is a version made from that one, and the current one of its name,
        unless the parent has ceased to be that meanwhile.
        """
        with self._database.write() as connection:
            query = select(datasets).where(datasets.c.id == dataset_id, datasets.c.ready.is_(False))
            row = connection.execute(query).one_or_none()
            if row is None:
                raise NotFound(f"There is no import {dataset_id}.", "Import the file again.")
            lineage = self._lineage(connection, row.name, parent)
            values = lineage | {
                "change": change,
                "changes": dict(changes or {}),
                "studied": studied,
                "ready": True,
                "source": source,
                "columns": asdict(columns),
                "template": template,
                "counts": dict(counts),
                "fingerprint": fingerprint,
                "findings": [asdict(finding) for finding in findings],
                "bytes": bytes,
                "intake": dict(intake or {}),
            }
            made = update(datasets).where(datasets.c.id == dataset_id).values(values)
            return _info(connection.execute(made.returning(*datasets.c)).one())

    def _lineage(
        self, connection: Connection, name: str, parent: DatasetInfo | None
    ) -> dict[str, Any]:
        """Where a dataset stands among the versions of its name; the first one needs it free."""
        if parent is None:
            self._free(connection, name)
            return {}
        return {"version": self._succeed(connection, parent), "parent_id": parent.id}

    def _succeed(self, connection: Connection, parent: DatasetInfo) -> int:
        """Let the parent step back; the number of the version that follows."""
        step_back = update(datasets).where(datasets.c.id == parent.id, datasets.c.current == 1)
        if not connection.execute(step_back.values(current=False)).rowcount:
            raise Unavailable(
                f"“{parent.name}” has changed meanwhile.", "Look at its newest version, then again."
            )
        newest = select(func.max(datasets.c.version)).where(
            datasets.c.name == parent.name, datasets.c.ready == 1
        )
        return int(connection.scalar(newest) or 0) + 1

    def make_current(self, chosen: DatasetInfo) -> DatasetInfo:
        """Let a name mean this version from here on; the others stay."""
        with self._database.write() as connection:
            named = update(datasets).where(datasets.c.name == chosen.name, datasets.c.ready == 1)
            connection.execute(named.where(datasets.c.current == 1).values(current=False))
            connection.execute(named.where(datasets.c.id == chosen.id).values(current=True))
            return self.by_id(chosen.id)

    def versions(self, name: str) -> builtins.list[DatasetInfo]:
        """Every version of a name, the newest first."""
        info = self.get(name)
        query = select(datasets).where(datasets.c.name == info.name, datasets.c.ready == 1)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(datasets.c.version.desc()))
            return [_info(row) for row in rows]

    def add_findings(self, dataset_id: int, findings: Sequence[Finding]) -> DatasetInfo:
        """What was found by studying a dataset after it was stored, beside what was known."""
        with self._database.write() as connection:
            info = self.by_id(dataset_id)
            codes = {finding.code for finding in findings}
            known = [finding for finding in info.findings if finding.code not in codes]
            values = {
                "findings": [asdict(finding) for finding in (*known, *findings)],
                "studied": True,
            }
            connection.execute(update(datasets).where(datasets.c.id == dataset_id).values(values))
            return self.by_id(dataset_id)

    def abandon(self, dataset_id: int) -> None:
        """Forget an id that was reserved and did not become a dataset."""
        reserved = (datasets.c.id == dataset_id, datasets.c.ready.is_(False))
        with self._database.write() as connection:
            connection.execute(delete(datasets).where(*reserved))

    def abandoned(self, older_than: float) -> builtins.list[int]:
        """Ids that were reserved more than `older_than` seconds ago: their import has died."""
        since = self._clock() - older_than
        query = select(datasets.c.id).where(datasets.c.ready.is_(False), datasets.c.created < since)
        with self._database.read() as connection:
            return [*connection.scalars(query)]

    def add(
        self,
        name: str,
        source: str,
        columns: Columns,
        template: str,
        counts: Mapping[str, int],
        fingerprint: str,
        findings: Sequence[Finding] = (),
        bytes: int = 0,
    ) -> DatasetInfo:
        """Both steps at once, for a dataset whose folder can be written afterwards."""
        with self._database.write():
            return self.complete(
                self.reserve(name),
                source=source,
                columns=columns,
                template=template,
                counts=counts,
                fingerprint=fingerprint,
                findings=findings,
                bytes=bytes,
            )

    def get(self, name: str) -> DatasetInfo:
        """The current version of this name, or the one that `name@2` names.

        `NotFound` suggests the nearest one.
        """
        wanted = clean(name)
        with self._database.read() as connection:
            row = connection.execute(_named(wanted)).one_or_none()
            stem, _, number = wanted.rpartition("@")
            if row is None and stem and number.isdecimal():
                versions = select(datasets).where(datasets.c.name == stem, datasets.c.ready == 1)
                known = connection.execute(versions.order_by(datasets.c.version)).all()
                row = next((one for one in known if one.version == int(number[:20])), None)
                if row is None and known:
                    there = ", ".join(str(one.version) for one in known[-10:])
                    raise NotFound(
                        f"“{stem}” has no version {number[:20]}.",
                        f"Use one of {'its newest' if len(known) > 10 else 'these'}: {there}.",
                    )
            if row is None:
                ready = select(datasets.c.name).where(*_CURRENT)
                raise not_found("dataset", name, connection.scalars(ready))
        return _info(row)

    def by_id(self, dataset_id: int) -> DatasetInfo:
        """The dataset of this id."""
        query = select(datasets).where(datasets.c.id == dataset_id, datasets.c.ready.is_(True))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"There is no dataset {dataset_id}.", "It may have been deleted.")
        return _info(row)

    def list(self) -> builtins.list[DatasetInfo]:
        """The current version of each, the newest first."""
        query = select(datasets).where(*_CURRENT).order_by(datasets.c.id.desc())
        with self._database.read() as connection:
            return [_info(row) for row in connection.execute(query)]

    def ids(self) -> builtins.list[int]:
        """Of all datasets, those that are being imported included."""
        with self._database.read() as connection:
            return [*connection.scalars(select(datasets.c.id))]

    def exists(self, name: str) -> bool:
        """Whether a dataset has this name."""
        with self._database.read() as connection:
            return connection.execute(_named(clean(name))).first() is not None

    def delete(self, name: str) -> DatasetInfo:
        """Delete all versions of a dataset that no run uses, and their comparisons.

        Their folders are the caller's.
        """
        with self._database.write() as connection:
            info = self.deletable(name)
            connection.execute(delete(datasets).where(datasets.c.id.in_(_versions_of(info))))
            return info

    def deletable(self, name: str) -> DatasetInfo:
        """The dataset, where `delete` would take it; `Unavailable` while anything uses it."""
        with self._database.read() as connection:
            info = self.get(name)
            every = _versions_of(info)
            using = select(runs.c.name).where(runs.c.dataset_id.in_(every)).order_by(runs.c.id)
            names = connection.scalars(using.limit(4)).all()
            if names:
                which = ", ".join(f"“{n}”" for n in names[:3]) + (" …" if len(names) > 3 else "")
                several = "s" if len(names) > 1 else ""
                raise Unavailable(
                    f"The dataset “{info.name}” is used by the run{several} {which}.",
                    "Delete these runs first." if several else "Delete this run first.",
                )
            waits = (comparisons.c.dataset_id.in_(every), jobs.c.state.in_(WAITING_OR_RUNNING))
            busy = select(jobs.c.id).join(comparisons, comparisons.c.id == jobs.c.comparison_id)
            if connection.scalar(busy.where(*waits).limit(1)) is not None:
                raise Unavailable(
                    f"A comparison on “{info.name}” is queued or under way.",
                    "Wait for it or stop it first.",
                )
            return info

    def _free(self, connection: Connection, name: str) -> str:
        name = check_dataset(name)
        if connection.execute(_named(name)).first() is not None:
            raise AlreadyExists(
                f"There is a dataset “{name}” already.", "Choose another name, or delete that one."
            )
        return name


_CURRENT = (datasets.c.ready == 1, datasets.c.current == 1)


def _versions_of(info: DatasetInfo) -> Any:
    return select(datasets.c.id).where(datasets.c.name == info.name, datasets.c.ready == 1)


def _named(name: str) -> Any:
    return select(datasets).where(datasets.c.name == name, *_CURRENT)


def _info(row: Row[Any]) -> DatasetInfo:
    stored = row.columns
    shape = stored.get("shape", "pair")
    columns = Columns(stored["prompt"], tuple(stored["completions"]), shape)
    found = [Finding(**{**finding, "rows": tuple(finding["rows"])}) for finding in row.findings]
    return DatasetInfo(
        id=row.id,
        name=row.name,
        created=row.created,
        source=row.source,
        columns=columns,
        template=row.template,
        counts=row.counts,
        fingerprint=row.fingerprint,
        findings=tuple(found),
        bytes=row.bytes,
        version=row.version,
        current=row.current,
        parent_id=row.parent_id,
        change=row.change,
        changes=row.changes or {},
        studied=row.studied,
        intake=row.intake or {},
    )
