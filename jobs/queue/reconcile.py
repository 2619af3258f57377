"""Makes the rows true after processes died: nothing stays *running* that does not run."""

from __future__ import annotations

import contextlib
import signal

from jobs.home import Home
from jobs.queue import endings, places
from jobs.queue.processes import Identity, signal_group
from jobs.store import IllegalTransition, Store
from jobs.store.filelock import held
from jobs.types import JobInfo


def reconcile(
    store: Store,
    home: Home,
    device: str,
    status: int | None = None,
    silent: float | None = None,
) -> tuple[JobInfo, ...]:
    """End the running jobs of a device whose child is gone; those jobs, as they are now.

    Called by the device's runner while it holds the device's lock, so no child lives there and
    none is about to begin. `status` is the exit status of the child, if the runner reaped one;
    `silent` how many seconds it had hung for, if the runner ended it for that.
    """
    ended = []
    for job in store.jobs.list(states=("running",), device=device):
        if held(places.job_lock(home, job.id)):
            continue
        child, log = store.jobs.child(job.id), places.job_log(home, job.id)
        if child is not None:
            # Workers that it had started would hold its memory for ever.
            signal_group(Identity(child.pid, child.ticks, child.boot_id), signal.SIGKILL)
        state, error = endings.of_process(job, child, status, log, silent)
        with contextlib.suppress(IllegalTransition):  # it wrote its own ending after all
            ended.append(store.jobs.finish(job.id, state, error, attempt=job.attempt))
    return tuple(ended)
