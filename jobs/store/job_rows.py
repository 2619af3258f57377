"""The moves of a job that several nouns share; each runs inside its caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from jobs.errors import NeverBegan, NotFound
from jobs.store.states import TRANSITIONS, IllegalTransition, sources
from jobs.store.tables import events, jobs, runs
from jobs.types import JobInfo, JobState

TRAIN = "train"


def job_info(row: Row[Any]) -> JobInfo:
    """A row of `jobs`, whole, as a dataclass."""
    return JobInfo(
        id=row.id,
        kind=row.kind,
        state=row.state,
        device=row.device,
        run_id=row.run_id,
        comparison_id=row.comparison_id,
        payload=row.payload,
        created=row.created,
        started=row.started,
        ended=row.ended,
        heartbeat=row.heartbeat,
        stop_requested=row.stop_requested,
        attempt=row.attempt,
        pid=row.pid,
        phase=row.phase,
        done=row.done,
        total=row.total,
        seconds_left=row.seconds_left,
        error=row.error,
    )


def insert_job(
    connection: Connection,
    now: float,
    kind: str,
    device: str,
    *,
    run_id: int | None = None,
    comparison_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
    after: int | None = None,
) -> int:
    """Queue a job behind all others; `after` is a job that has to be done before it."""
    values = {
        "kind": kind,
        "state": "queued",
        "device": device,
        "position": next_position(connection),
        "run_id": run_id,
        "comparison_id": comparison_id,
        "payload": dict(payload or {}),
        "after_id": after,
        "created": now,
    }
    made = insert(jobs).values(values).returning(jobs.c.id)
    job_id: int = connection.execute(made).scalar_one()
    _tell(connection, now, job_id, run_id, 0, {"state": "queued"})
    if after is not None:
        fail_dependents(connection, now)
    return job_id


def next_position(connection: Connection) -> int:
    """The end of the queue."""
    last: int | None = connection.scalar(select(func.max(jobs.c.position)))
    return (last or 0) + 1


def move(
    connection: Connection,
    now: float,
    job_id: int,
    to: JobState,
    *,
    only_attempt: int | None = None,
    **values: Any,
) -> Row[Any]:
    """Compare-and-swap a job into the state `to`, and tell it as an event; the new row.

    With `only_attempt` that attempt alone is moved: processes of earlier ones have no say.
    """
    wanted = [jobs.c.id == job_id, jobs.c.state.in_(sources(to))]
    if only_attempt is not None:
        wanted.append(jobs.c.attempt == only_attempt)
    change = update(jobs).where(*wanted).values(state=to, **values).returning(*jobs.c)
    row = connection.execute(change).one_or_none()
    if row is None:
        raise illegal(connection, job_id, to, only_attempt)
    told = {"state": to, **({"error": values["error"]} if values.get("error") else {})}
    _tell(connection, now, job_id, row.run_id, row.attempt, told)
    if to in TRANSITIONS["running"] and to != "done":
        fail_dependents(connection, now)
    return row


def fail_dependents(connection: Connection, now: float) -> None:
    """End the queued jobs whose `after` ended otherwise than done, and those behind them.

    What a person stopped takes them along as stopped, and not as failed: she wanted it so.
    """
    before = jobs.alias()
    ended: tuple[JobState, ...] = ("failed", "stopped", "interrupted")
    query = (
        select(jobs.c.id, before.c.state, runs.c.name)
        .join(before, before.c.id == jobs.c.after_id)
        .outerjoin(runs, runs.c.id == before.c.run_id)
        .where(jobs.c.state == "queued", before.c.state.in_(ended))
    )
    for job_id, state, name in connection.execute(query).all():
        to: JobState = "stopped" if state == "stopped" else "failed"
        move(connection, now, job_id, to, error=_of_dependent(state, name), ended=now)


def _of_dependent(state: JobState, run: str | None) -> dict[str, str]:
    """Why a job never began whose forerunner ended in this state."""
    if state == "stopped":
        which = f"the run “{run}”" if run else "the job"
        what = f"This was not made: {which} that it waited for was stopped."
        cure = "Resume that one, and this follows it."
        if run:
            cure += " Where it has an adapter already, it can also be compared as it is."
        return {"kind": NeverBegan.kind, "what": what, "cure": cure, "detail": ""}
    which = f"The run “{run}”" if run else "The job"
    how = "was interrupted" if state == "interrupted" else "failed"
    what = f"{which} that this was waiting for {how}."
    cure = "Resume that one first; this one then follows it."
    return {"kind": NeverBegan.kind, "what": what, "cure": cure, "detail": ""}


def illegal(
    connection: Connection, job_id: int, to: JobState, attempt: int | None
) -> IllegalTransition | NotFound:
    """Why a compare-and-swap found nothing to swap."""
    found = connection.execute(select(jobs.c.state, jobs.c.attempt).where(jobs.c.id == job_id))
    row = found.one_or_none()
    if row is None:
        return NotFound(f"There is no job {job_id}.", "It may have been deleted with its run.")
    if attempt is not None and row.attempt != attempt:
        what = f"Job {job_id} has been started anew since."
    else:
        what = f"Job {job_id} is {row.state}, so it cannot become {to}."
    return IllegalTransition(what, "Look at the queue again: it has changed.")


def _tell(
    connection: Connection,
    now: float,
    job_id: int,
    run_id: int | None,
    attempt: int,
    data: Mapping[str, Any],
) -> None:
    told = {"job_id": job_id, "run_id": run_id, "attempt": attempt, "time": now}
    connection.execute(insert(events).values(**told, kind="state", data=dict(data)))
