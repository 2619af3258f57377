"""What a person does with the queue: look, stop, go on, put in another order, pause."""

from __future__ import annotations

from jobs.errors import Unavailable
from jobs.queue.executors import Executor
from jobs.store import Store
from jobs.types import JobInfo, JobState

# Seconds within which the very same request is one press that came twice, and not two wishes.
DOUBLE_PRESS = 5.0
ENDED_EARLY: tuple[JobState, ...] = ("stopped", "failed", "interrupted")


def stop(store: Store, job_id: int) -> JobInfo:
    """Ask a job of any kind to stop; one that waits is stopped at once, an ended one stays so."""
    return store.jobs.request_stop(job_id)


def resume(store: Store, executor: Executor, job_id: int) -> JobInfo:
    """Queue a job of any kind again; what it had done is kept where its kind can keep it."""
    job = store.jobs.get(job_id)
    if job.state not in ENDED_EARLY:
        raise Unavailable(
            f"Job {job_id} is {job.state}: there is nothing to resume.", "Look at the queue again."
        )
    job = store.jobs.requeue(job_id)
    executor.wake(job.device)
    return job


def go_on(store: Store, executor: Executor) -> None:
    """Let what waits begin again."""
    store.queue.set_paused(False)
    for device in store.jobs.busy_devices():
        executor.wake(device)
