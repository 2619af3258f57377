"""The verbs of the queue: jobs of any kind, and their order."""

from __future__ import annotations

from jobs.store import Place
from jobs.types import JobInfo
from jobs.workspace import queueing, using
from jobs.workspace.verbs.opened import Opened


class QueueVerbs(Opened):
    """What can be done with waiting and running jobs."""

    def queue(self) -> list[JobInfo]:
        """What runs and what waits, in order."""
        self._revive()
        return self._store.jobs.list(states=("running", "queued"))

    def ended_early(self, limit: int = 20) -> list[JobInfo]:
        """The newest jobs that were stopped, failed or interrupted, and could be resumed."""
        return self._store.jobs.newest_in(queueing.ENDED_EARLY, limit)

    def job_by_id(self, job_id: int) -> JobInfo:
        """A job of any kind."""
        return self._store.jobs.get(job_id)

    def memory(self, job: JobInfo) -> int | None:
        """Bytes of memory that a running job's process holds now; None where nobody can tell."""
        return using.memory(self._store, job)

    def stop_job(self, job_id: int) -> JobInfo:
        """Ask a job of any kind to stop; one that waits is stopped at once."""
        return queueing.stop(self._store, job_id)

    def resume_job(self, job_id: int) -> JobInfo:
        """Queue a job of any kind again that was stopped, failed or was interrupted."""
        return queueing.resume(self._store, self._executor, job_id)

    def move_job(self, job_id: int, to: Place) -> list[JobInfo]:
        """Put a waiting job "first", "up", "down" or "last"; the queue as it is then."""
        self._store.queue.move(job_id, to)
        return self.queue()

    def queue_paused(self) -> bool:
        """Whether nothing that waits begins."""
        return self._store.queue.paused()

    def pause_queue(self) -> None:
        """Let nothing new begin until `continue_queue`, also after a restart; what runs goes on."""
        self._store.queue.set_paused(True)

    def continue_queue(self) -> None:
        """Let what waits begin again."""
        queueing.go_on(self._store, self._executor)
