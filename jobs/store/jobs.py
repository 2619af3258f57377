"""Jobs: queued, claimed, under way, ended."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from jobs.errors import NotFound
from jobs.store.database import Database
from jobs.store.job_rows import fail_dependents, illegal, insert_job, job_info, move, next_position
from jobs.store.queue import is_paused, needs_runner
from jobs.store.tables import jobs
from jobs.types import JobInfo, JobState


@dataclass(frozen=True)
class ChildRecord:
    """The process that a job's newest attempt ran in, as it wrote itself down."""

    job_id: int
    pid: int
    ticks: int
    boot_id: str
    oom_kills: int | None  # the kernel's count of out-of-memory kills when it began
    oom_counter: str | None  # the file that counts them


class Jobs:
    """The queue and its history; every change of state is a compare-and-swap and an event."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def submit(
        self,
        kind: str,
        device: str,
        run_id: int | None = None,
        comparison_id: int | None = None,
        payload: Mapping[str, Any] | None = None,
        after: int | None = None,
    ) -> JobInfo:
        """Queue a job; with `after` it waits until that job is done, and ends if it ends else."""
        with self._database.write() as connection:
            job_id = insert_job(
                connection,
                self._clock(),
                kind,
                device,
                run_id=run_id,
                comparison_id=comparison_id,
                payload=payload,
                after=after,
            )
            return self.get(job_id)

    def get(self, job_id: int) -> JobInfo:
        """The job; `NotFound` if it was deleted with its run."""
        with self._database.read() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no job {job_id}.", "It may have been deleted with its run.")
        return job_info(row)

    def list(
        self,
        states: Sequence[JobState] | None = None,
        run_id: int | None = None,
        device: str | None = None,
        limit: int | None = None,
    ) -> builtins.list[JobInfo]:
        """Jobs in the order of the queue, the running ones first."""
        query = select(jobs).order_by(jobs.c.position).limit(limit)
        if states is not None:
            query = query.where(jobs.c.state.in_([*states]))
        if run_id is not None:
            query = query.where(jobs.c.run_id == run_id)
        if device is not None:
            query = query.where(jobs.c.device == device)
        with self._database.read() as connection:
            found = [job_info(row) for row in connection.execute(query)]
        return sorted(found, key=lambda job: job.state != "running")

    def newest_in(self, states: Sequence[JobState], limit: int) -> builtins.list[JobInfo]:
        """The newest jobs in these states."""
        query = select(jobs).where(jobs.c.state.in_([*states])).order_by(jobs.c.id.desc())
        with self._database.read() as connection:
            return [job_info(row) for row in connection.execute(query.limit(limit))]

    def ids(self) -> builtins.list[int]:
        """Of all jobs."""
        with self._database.read() as connection:
            return [*connection.scalars(select(jobs.c.id))]

    def newest(self, run_id: int, kind: str = "train") -> JobInfo:
        """The newest job of this kind that belongs to a run."""
        of_run = (jobs.c.run_id == run_id, jobs.c.kind == kind)
        query = select(jobs).where(*of_run).order_by(jobs.c.id.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("This run has no such job.", "Look at the list of runs.")
        return job_info(row)

    def busy_devices(self) -> tuple[str, ...]:
        """Devices with jobs that run, or wait and may begin: each of them needs a runner."""
        with self._database.read() as connection:
            query = select(jobs.c.device).where(needs_runner(connection)).distinct()
            return tuple(connection.scalars(query))

    def claim(self, device: str) -> JobInfo | None:
        """Take the oldest queued job of a device whose turn it is; it is running from here on."""
        with self._database.write() as connection:
            return self._claim(connection, device, None)

    def claim_same(self, kind: str, device: str) -> JobInfo | None:
        """As `claim`, for a child that stays: nothing unless the next job is of its own kind."""
        with self._database.write() as connection:
            return self._claim(connection, device, kind)

    def kinds_waiting(self, device: str) -> frozenset[str]:
        """The kinds of the jobs that wait for a device."""
        waits = (jobs.c.device == device, jobs.c.state == "queued")
        with self._database.read() as connection:
            return frozenset(connection.scalars(select(jobs.c.kind).where(*waits).distinct()))

    def start(
        self,
        job_id: int,
        pid: int,
        ticks: int,
        boot_id: str,
        *,
        attempt: int | None = None,
        oom_kills: int | None = None,
        oom_counter: str | None = None,
    ) -> JobInfo:
        """Write down the process of a running job; it is refused if the job ended meanwhile."""
        now = self._clock()
        with self._database.write() as connection:
            wanted = [jobs.c.id == job_id, jobs.c.state == "running"]
            if attempt is not None:
                wanted.append(jobs.c.attempt == attempt)
            values = {"pid": pid, "ticks": ticks, "boot_id": boot_id}
            values |= {"oom_kills": oom_kills, "oom_counter": oom_counter}
            change = update(jobs).where(*wanted).values(**values, heartbeat=now)
            row = connection.execute(change.returning(*jobs.c)).one_or_none()
            if row is None:
                raise illegal(connection, job_id, "running", attempt)
        return job_info(row)

    def progress(
        self,
        job_id: int,
        phase: str,
        done: int,
        total: int,
        seconds_left: float | None = None,
        heartbeat: float | None = None,
        *,
        step: int | None = None,
        steps: int | None = None,
    ) -> None:
        """Where a running job is; `step` of `steps` is training's own, whatever `done` counts."""
        values: dict[str, Any] = {
            "phase": phase,
            "done": done,
            "total": total,
            "seconds_left": seconds_left,
            "heartbeat": self._clock() if heartbeat is None else heartbeat,
        }
        if step is not None:
            values["step"] = step
        if steps is not None:
            values["steps"] = steps
        wanted = (jobs.c.id == job_id, jobs.c.state == "running")
        with self._database.write() as connection:
            connection.execute(update(jobs).where(*wanted).values(values))

    def finish(
        self,
        job_id: int,
        state: JobState,
        error: Mapping[str, str] | None = None,
        *,
        attempt: int | None = None,
    ) -> JobInfo:
        """Write how a job ended; `error` has kind, what, cure and detail."""
        now = self._clock()
        told = None if error is None else dict(error)
        with self._database.write() as connection:
            values = {"error": told, "ended": now, "seconds_left": None}
            return job_info(move(connection, now, job_id, state, only_attempt=attempt, **values))

    def request_stop(self, job_id: int) -> JobInfo:
        """Ask a running job to stop; a queued one is stopped at once, an ended one stays so."""
        now = self._clock()
        with self._database.write() as connection:
            state = self.get(job_id).state
            if state == "queued":
                move(connection, now, job_id, "stopped", ended=now, stop_requested=True)
            elif state == "running":
                change = update(jobs).where(jobs.c.id == job_id).values(stop_requested=True)
                connection.execute(change)
            return self.get(job_id)

    def stop_requested(self, job_id: int) -> bool:
        """Whether somebody asked this job to stop; also when it is no longer there."""
        with self._database.read() as connection:
            asked = connection.scalar(select(jobs.c.stop_requested).where(jobs.c.id == job_id))
        return asked is None or bool(asked)

    def requeue(self, job_id: int) -> JobInfo:
        """Resume: queue an ended job again, and those that ended only because they follow it."""
        now = self._clock()
        with self._database.write() as connection:
            self._requeue(connection, now, job_id)
            return self.get(job_id)

    def last_child(self, device: str) -> ChildRecord | None:
        """The process that most recently began a job on a device."""
        begun = (jobs.c.device == device, jobs.c.pid.is_not(None))
        query = select(jobs).where(*begun).order_by(jobs.c.started.desc()).limit(1)
        return self._child(query)

    def child(self, job_id: int) -> ChildRecord | None:
        """The process of a job's newest attempt; None until it has begun."""
        return self._child(select(jobs).where(jobs.c.id == job_id, jobs.c.pid.is_not(None)))

    def _child(self, query: Any) -> ChildRecord | None:
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return ChildRecord(row.id, row.pid, row.ticks, row.boot_id, row.oom_kills, row.oom_counter)

    def _claim(self, connection: Connection, device: str, kind: str | None) -> JobInfo | None:
        now = self._clock()
        fail_dependents(connection, now)
        if is_paused(connection):
            return None
        before = jobs.alias()
        ready = (jobs.c.after_id.is_(None)) | (before.c.state == "done")
        oldest = (
            select(jobs.c.id, jobs.c.kind)
            .outerjoin(before, before.c.id == jobs.c.after_id)
            .where(jobs.c.device == device, jobs.c.state == "queued", ready)
            .order_by(jobs.c.position)
            .limit(1)
        )
        found = connection.execute(oldest).one_or_none()
        if found is None or kind not in (None, found.kind):
            return None
        return job_info(move(connection, now, found.id, "running", started=now, heartbeat=now))

    def _requeue(self, connection: Connection, now: float, job_id: int) -> None:
        cleared = dict.fromkeys(
            (
                *("started", "ended", "heartbeat", "pid", "ticks", "boot_id"),
                *("oom_kills", "oom_counter", "error"),
            )
        )
        zeroed: dict[str, Any] = {"phase": "", "done": 0, "total": 0, "seconds_left": None}
        again = func.coalesce(jobs.c.attempt, 0) + 1
        end = next_position(connection)
        values: dict[str, Any] = {**cleared, **zeroed, "attempt": again, "position": end}
        move(connection, now, job_id, "queued", stop_requested=False, **values)
        # One that somebody stopped by its own name stays stopped.
        taken = (jobs.c.state.in_(["failed", "stopped"]), jobs.c.stop_requested.is_(False))
        never = (*taken, jobs.c.started.is_(None), jobs.c.after_id == job_id)
        for follower in connection.scalars(select(jobs.c.id).where(*never)).all():
            self._requeue(connection, now, follower)
