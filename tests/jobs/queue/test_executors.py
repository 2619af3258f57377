"""One contract for every executor."""

import itertools

import pytest

from jobs.queue.executors.inline import InlineExecutor
from jobs.queue.executors.local import LocalExecutor


@pytest.mark.parametrize("make", [InlineExecutor, LocalExecutor])
def test_jobs_are_done_in_order_and_a_failure_does_not_block_the_next(make, store, home, wait_for):
    executor = make(store, home)
    executor.wake("cpu")  # nothing to do
    kinds = [("nap", {}), ("fail", {"how": "data"}), ("chat", {"prompt": "x"}), ("nap", {})]
    for kind, payload in kinds:
        store.jobs.submit(kind, "cpu", payload=payload)
    executor.wake("cpu")
    executor.wake("cpu")
    wait_for(lambda: not store.jobs.list(states=("queued", "running")), "all are done")
    jobs = sorted(store.jobs.list(), key=lambda job: job.id)
    assert [job.state for job in jobs] == ["done", "failed", "done", "done"]
    assert (home.root / "trail.txt").read_text() == "1\n4\n"
    error = dict(jobs[1].error)
    assert error.pop("detail")
    assert error == {"kind": "data", "what": "Row 3 is empty.", "cure": "Fill it."}
    for before, after in itertools.pairwise(jobs):
        assert before.ended <= after.started
