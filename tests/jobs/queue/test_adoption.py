"""Runner, child or both are killed: nothing is lost, and nothing is called what it is not."""

import itertools
import os
import signal
import subprocess
import sys
import time

import pytest

from jobs.queue import places
from jobs.queue.runner import ensure_runner, ensure_runners
from jobs.store.filelock import held
from jobs.store.tables import runners


def runner_pid(store):
    from sqlalchemy import select

    with store._database.read() as connection:
        return connection.scalar(select(runners.c.pid).where(runners.c.device == "cpu"))


@pytest.fixture
def working(store, home, wait_for):
    """A detached runner and a child that naps; their pids."""

    def start(seconds):
        store.jobs.submit("nap", "cpu", payload={"seconds": seconds})
        begun = time.monotonic()
        assert ensure_runner(store, home, "cpu")
        assert time.monotonic() - begun < 5.0, "who starts a runner does not wait for it"
        wait_for(lambda: store.jobs.get(1).phase == "Napping", "the child works")
        return wait_for(lambda: runner_pid(store), "the runner is there"), store.jobs.get(1).pid

    return start


def kill(pid, lock, wait_for):
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not held(lock), "the lock is free")


def test_a_child_outlives_its_runner_and_is_adopted(working, store, home, wait_for):
    runner, child = working(3.0)
    assert os.getsid(runner) == runner
    assert os.getsid(child) == child
    kill(runner, places.runner_lock(home, "cpu"), wait_for)
    store.jobs.submit("nap", "cpu")
    ensure_runners(store, home, patience=0.0)
    wait_for(lambda: store.jobs.get(2).state == "done", "the queue goes on")
    first = store.jobs.get(1)
    assert (first.state, first.pid, first.done) == ("done", child, 150)
    assert first.ended <= store.jobs.get(2).started, "one job at a time on a device"
    assert (home.root / "trail.txt").read_text() == "1\n2\n"
    wait_for(lambda: not store.runners.taken("cpu"), "the runner leaves")


def test_a_stop_reaches_an_adopted_child(working, store, home, wait_for):
    runner, _ = working(60.0)
    kill(runner, places.runner_lock(home, "cpu"), wait_for)
    store.jobs.request_stop(1)
    ensure_runners(store, home, patience=0.0)
    wait_for(lambda: store.jobs.get(1).state == "stopped", "it stops")


def test_both_are_killed(working, store, home, wait_for):
    runner, child = working(60.0)
    kill(runner, places.runner_lock(home, "cpu"), wait_for)
    kill(child, places.device_lock(home, "cpu"), wait_for)
    assert store.jobs.get(1).state == "running"  # not true any more, and nobody is there to say so
    store.jobs.submit("nap", "cpu")
    ensure_runners(store, home, patience=0.0)
    wait_for(lambda: store.jobs.get(2).state == "done", "the queue goes on")
    assert store.jobs.get(1).state == "interrupted"
    store.jobs.requeue(1)
    store.jobs.request_stop(1)


def test_two_processes_that_start_a_runner_at_once_end_in_one(store, home, wait_for):
    for _ in range(3):
        store.jobs.submit("nap", "cpu", payload={"seconds": 0.2})
    words = [sys.executable, "-P", "-m", "jobs.queue.runner", "--home", str(home.root)]
    both = [subprocess.Popen([*words, "--device", "cpu"]) for _ in range(2)]
    try:
        assert [process.wait(timeout=240) for process in both] == [0, 0]
    finally:
        for process in both:
            process.kill()
    jobs = sorted(store.jobs.list(), key=lambda job: job.id)
    assert [job.state for job in jobs] == ["done"] * 3
    assert (home.root / "trail.txt").read_text() == "1\n2\n3\n"
    for before, after in itertools.pairwise(jobs):
        assert before.ended <= after.started


def test_a_folder_named_jobs_where_they_start_does_not_shadow_this_one(store, home, wait_for):
    job = store.jobs.submit("nap", "cpu")
    for folder in (home.root, home.jobs, home.job(job.id)):
        trap = folder / "jobs"
        trap.mkdir(parents=True, exist_ok=True)
        (trap / "__init__.py").write_text("raise SystemExit('shadowed')")
    ensure_runner(store, home, "cpu")
    wait_for(lambda: store.jobs.get(job.id).state == "done", "it is done")


def test_a_child_ends_with_its_work(store, home):
    """What a library leaves undone holds neither memory nor the device, on which others wait."""
    store.jobs.submit("cling", "cpu")
    job = store.jobs.claim("cpu")
    words = [sys.executable, "-P", "-m", "jobs.queue.child", "--home", str(home.root)]
    told = subprocess.run(
        [*words, "--job", str(job.id)], capture_output=True, text=True, timeout=30, check=True
    )
    assert told.stdout.endswith("last words")
    assert store.jobs.get(job.id).state == "done"
