"""The verbs of the queue."""

from __future__ import annotations

from dataclasses import replace

from fake_workspace.opened import Opened
from jobs.errors import InputError, NotFound
from jobs.types import (
    JobInfo,
)


class QueueVerbs(Opened):
    def ended_early(self, limit: int = 20) -> list[JobInfo]:
        early = ("stopped", "failed", "interrupted")
        return [self.job(run.name) for run in self.runs() if run.state in early][:limit]

    def queue(self) -> list[JobInfo]:
        jobs = [self.job(r.name) for r in reversed(self.runs()) if r.state in ("queued", "running")]
        jobs += [
            self.comparison_job(c.id)
            for c in self.comparisons()
            if c.state in ("queued", "running")
        ]
        rank = {job_id: place for place, job_id in enumerate(self.order)}
        return sorted(jobs, key=lambda j: (j.state != "running", rank.get(j.id, -1)))

    def job_by_id(self, job_id: int) -> JobInfo:
        for run in self.runs():
            if self.job(run.name).id == job_id:
                return self.job(run.name)
        for info in self.comparisons():
            if info.job_id == job_id:
                return self.comparison_job(info.id)
        raise NotFound(f"There is no job {job_id}.", "Look at the queue again.")

    def memory(self, job: JobInfo) -> int | None:
        return 612_000_000 if job.state == "running" else None

    def stop_job(self, job_id: int) -> JobInfo:
        job = self._queued_or_running(job_id)
        if job.run_id is not None:
            self.stopped.add(next(r.name for r in self.runs() if r.id == job.run_id))
        else:
            self.ended.add(int(job.comparison_id or 0))
        return replace(job, state="stopped")

    def resume_job(self, job_id: int) -> JobInfo:
        for run in self.runs():
            if self.job(run.name).id == job_id:
                return replace(self.job(self.resume(run.name).name), state="queued")
        for comparison in self.comparisons():
            if comparison.job_id == job_id:
                self.ended.discard(comparison.id)
                return replace(self.comparison_job(comparison.id), state="queued")
        raise NotFound(f"There is no job {job_id}.", "Look at the queue again.")

    def move_job(self, job_id: int, to: str) -> list[JobInfo]:
        if to not in ("first", "up", "down", "last"):
            raise InputError(f"A job cannot be moved “{to}”.", "Use first, up, down or last.")
        if self._queued_or_running(job_id).state != "queued":
            raise InputError(f"Job {job_id} is running.", "Only what waits has a place.")
        order = [job.id for job in self.queue() if job.state == "queued"]
        place = order.index(job_id)
        order.remove(job_id)
        new = {"first": 0, "up": max(0, place - 1), "down": place + 1, "last": len(order)}
        order.insert(new[to], job_id)
        self.order = order
        return self.queue()

    def queue_paused(self) -> bool:
        return self.paused

    def pause_queue(self) -> None:
        self.paused = True

    def continue_queue(self) -> None:
        self.paused = False

    def _queued_or_running(self, job_id: int) -> JobInfo:
        for job in self.queue():
            if job.id == job_id:
                return job
        raise NotFound(f"There is no job {job_id}.", "Look at the queue again.")
