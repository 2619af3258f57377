"""Waiting for a job with a progress bar that measures; Ctrl-C lets go and the job goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from jobs import JobInfo
from studio.cli import show

POLL = 0.3  # seconds


def until_ended(job: Callable[[], JobInfo], title: str) -> JobInfo | None:
    """Follow a job to its end; None where the person let go of it with Ctrl-C."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}", markup=False),
    )
    try:
        with Progress(*columns, console=show.err(), transient=False) as progress:
            task = progress.add_task(title, total=None, left="")
            while True:
                now = job()
                progress.update(
                    task,
                    description=f"{title}: {now.phase or now.state}",
                    completed=now.done,
                    total=now.total or None,
                    left=_left(now),
                )
                if now.state not in ("queued", "running"):
                    whole = (now.total or 1) if now.state == "done" else now.done
                    progress.update(
                        task,
                        description=f"{title}: {now.state}",
                        completed=whole,
                        total=now.total or 1,
                        left="",
                    )
                    return now
                time.sleep(POLL)
    except KeyboardInterrupt:
        show.err().print(f"\nLetting go of {title}. It goes on in the background.", markup=False)
        return None


def _left(job: JobInfo) -> str:
    return "" if job.seconds_left is None else f"{show.duration(job.seconds_left)} left"
