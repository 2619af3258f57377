"""Waiting for a job with a progress bar that measures; Ctrl-C lets go and the job goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from jobs import JobInfo
from studio.cli import show

POLL = 0.3  # seconds
UNDER_WAY = ("queued", "running")
LET_GO = 130  # exit status where a person went on without waiting, as after any Ctrl-C


def until_ended(
    job: Callable[[], JobInfo], title: str, paused: Callable[[], bool] = lambda: False
) -> JobInfo | None:
    """Follow a job to its end; None where the person let go of it with Ctrl-C.

    A terminal gets a bar that moves, a file or a pipe one line for each phase. `paused` says
    whether the queue is, for what a job that waits is waiting for.
    """
    follow = _drawn if show.err().is_terminal else _listed
    try:
        return follow(job, title, paused)
    except KeyboardInterrupt:
        show.err().print(f"\nLetting go of {title}. It goes on in the background.", markup=False)
        return None


def _listed(job: Callable[[], JobInfo], title: str, paused: Callable[[], bool]) -> JobInfo:
    before = ""
    while True:
        now = job()
        if (words := _doing(now, paused)) != before:
            show.err().print(f"{title}: {words}", markup=False, soft_wrap=True)
            before = words
        if now.state not in UNDER_WAY:
            return now
        time.sleep(POLL)


def _drawn(job: Callable[[], JobInfo], title: str, paused: Callable[[], bool]) -> JobInfo:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}", markup=False),
    )
    with Progress(*columns, console=show.err(), transient=False) as progress:
        task = progress.add_task(title, total=None, left="")
        while True:
            now = job()
            ended = now.state not in UNDER_WAY
            whole = (now.total or 1) if now.state == "done" else now.done
            progress.update(
                task,
                description=f"{title}: {_doing(now, paused)}",
                completed=whole if ended else now.done,
                total=(now.total or 1) if ended else now.total or None,
                left="" if ended else _left(now),
            )
            if ended:
                return now
            time.sleep(POLL)


def _doing(job: JobInfo, paused: Callable[[], bool]) -> str:
    if job.state == "queued" and paused():
        return "waits, the queue is paused; “attune queue continue” lets it go on"
    if job.state == "queued":
        return "waits for its turn in the queue"
    return (job.phase or job.state) if job.state == "running" else job.state


def _left(job: JobInfo) -> str:
    return "" if job.seconds_left is None else f"{show.duration(job.seconds_left)} left"
