"""The runner with real children: order, endings, stop."""

import os
import signal
import subprocess
import sys
import time

from jobs.queue import places, processes
from jobs.queue.runner import Patience, Runner
from jobs.queue.watchdog import Limits, Watchdog
from jobs.store.filelock import acquire, held


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_jobs_run_in_order_and_a_failure_does_not_block_the_next(runner, store, home, states):
    for kind, payload in (("nap", {}), ("fail", {"how": "exit"}), ("nap", {})):
        store.jobs.submit(kind, "cpu", payload=payload)
    runner.run()
    assert states() == ["done", "failed", "done"]
    assert (home.root / "trail.txt").read_text() == "1\n3\n"
    error = store.jobs.get(2).error
    assert error["kind"] == "bug"
    assert "exit status 3" in error["what"]
    assert "last words" in error["detail"]
    assert not store.runners.taken("cpu")
    assert not held(places.runner_lock(home, "cpu"))


def test_a_killed_child_is_interrupted_and_the_queue_goes_on(runner, store, begin, states):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    store.jobs.submit("nap", "cpu")
    os.kill(begin(), signal.SIGKILL)
    runner.run()
    assert states() == ["interrupted", "done"]
    error = store.jobs.get(1).error
    assert error["kind"] == "interrupted"
    assert "SIGKILL" in error["what"]
    assert "again" in error["cure"]


def test_a_child_that_is_not_quite_dead_is_still_told_by_its_signal(
    runner, store, home, begin, wait_for, monkeypatch
):
    """The system lets go of its locks before it says how it ended."""
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    os.kill(begin(), signal.SIGKILL)
    wait_for(lambda: not held(places.device_lock(home, "cpu")), "its locks are free")
    ended, not_yet = runner._child.ended, [None, None, None]
    monkeypatch.setattr(runner._child, "ended", lambda: not_yet.pop() if not_yet else ended())
    runner.run()
    assert "SIGKILL" in store.jobs.get(1).error["what"]


def test_sigterm_to_a_child_is_a_stop_request(runner, store, begin, states):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    os.kill(begin(), signal.SIGTERM)
    runner.run()
    assert states() == ["stopped"]


def test_a_shutdown_says_that_nobody_asked_for_the_stop(runner, store, begin):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    os.kill(begin(), signal.SIGTERM)
    runner.run()
    error = store.jobs.get(1).error
    assert "shut down" in error["what"]
    assert error["cure"]


def test_a_child_whose_loop_hangs_is_ended_and_shows_where(runner, store, home, begin, states):
    """Its heartbeat thread lives on; what counts is what its work says."""
    store.jobs.submit("hang", "cpu")
    pid = begin()
    runner._watchdog = Watchdog(time.monotonic, Limits(unknown=1.0, known=1.0))
    runner.run()
    assert states() == ["interrupted"]
    error = store.jobs.get(1).error
    assert "nothing at all" in error["what"]
    assert "in for_ever" in error["detail"]
    assert not alive(pid)


def test_a_child_that_the_system_holds_still_is_ended_too(runner, store, begin, states):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    os.kill(begin(), signal.SIGSTOP)
    runner._watchdog = Watchdog(time.monotonic, Limits(unknown=1.0, known=1.0))
    runner.run()
    assert states() == ["interrupted"]


def test_a_stop_is_obeyed_and_memory_is_free(runner, store, begin, states):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    pid = begin()
    store.jobs.request_stop(1)
    runner.run()
    assert states() == ["stopped"]
    assert not alive(pid)


def test_who_does_not_hear_is_made_to_stop(runner, store, begin, states):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60, "deaf": True})
    pid = begin()
    store.jobs.request_stop(1)
    asked = time.monotonic()
    runner.run()
    assert states() == ["stopped"]
    assert not alive(pid)
    assert time.monotonic() - asked >= 0.6


def test_nothing_is_signalled_before_its_time(store, home, begin, monkeypatch, runner, rounds):
    sent, now = [], [0.0]
    record = lambda identity, number: sent.append((now[0], number)) or True  # noqa: E731
    store.jobs.submit("nap", "cpu", payload={"seconds": 60, "deaf": True})
    pid = begin()
    monkeypatch.setattr(processes, "signal_group", record)
    watcher = Runner(store, home, "cpu", clock=lambda: now[0], sleep=lambda s: None)
    watcher.round()
    store.jobs.request_stop(1)
    for now[0] in (1.0, 5.0, 8.9, 9.0, 10.0, 12.9, 13.0, 14.0):
        watcher.round()
    assert sent == [(9.0, signal.SIGTERM), (13.0, signal.SIGKILL)]
    assert Patience().kill < 15
    monkeypatch.undo()
    os.kill(pid, signal.SIGKILL)
    rounds(lambda: not alive(pid))


def test_what_a_child_started_ends_with_it(runner, store, home, wait_for, states):
    store.jobs.submit("family", "cpu")
    runner.round()
    family = wait_for(lambda: (home.root / "family.txt").exists(), "the family is there")
    family = wait_for(lambda: (home.root / "family.txt").read_text().split(), "its pids")
    os.kill(store.jobs.get(1).pid, signal.SIGKILL)
    lock = places.device_lock(home, "cpu")
    wait_for(lambda: not held(lock), "the lock is free though grandchildren live")
    assert alive(family[0])
    runner.run()
    assert states() == ["interrupted"]
    wait_for(lambda: not any(map(alive, family)), "grandchildren are gone")


def test_what_a_child_left_behind_ends_too(runner, store, home, wait_for, states):
    store.jobs.submit("family", "cpu", payload={"leave": True})
    runner.run()
    assert states() == ["done"]
    family = (home.root / "family.txt").read_text().split()
    wait_for(lambda: not any(map(alive, family)), "nothing is left", seconds=20)


def test_ten_megabytes_of_output_with_nobody_reading_hold_nothing_up(runner, store, home, states):
    store.jobs.submit("chatter", "cpu", payload={"megabytes": 10})
    runner.run()
    assert states() == ["done"]
    assert places.job_log(home, 1).stat().st_size > 10_000_000


def test_a_pid_that_was_given_to_another_process_is_never_signalled(store, home):
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        job = store.jobs.submit("nap", "cpu")
        store.jobs.claim("cpu")
        found = processes.identify(stranger.pid)
        store.jobs.start(job.id, found.pid, found.ticks - 1, found.boot_id)
        store.jobs.request_stop(job.id)
        locks = [acquire(places.device_lock(home, "cpu")), acquire(places.job_lock(home, job.id))]
        runner = Runner(store, home, "cpu", patience=Patience(0.01, 0.02, 0.04))
        for _ in range(10):
            assert runner.round()
        assert store.jobs.get(job.id).state == "running"
        for lock in locks:
            lock.release()
        runner.run()
        assert store.jobs.get(job.id).state == "stopped"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_child_of_an_attempt_that_is_over_does_nothing(store, home):
    job = store.jobs.submit("nap", "cpu")
    store.jobs.claim("cpu")
    store.jobs.finish(job.id, "interrupted")
    words = [sys.executable, "-P", "-m", "jobs.queue.child", "--home", str(home.root)]
    done = subprocess.run(
        [*words, "--job", "1", "--attempt", "0"], capture_output=True, check=False
    )
    assert done.returncode == 1
    assert store.jobs.get(job.id).state == "interrupted"
    assert not (home.root / "trail.txt").exists()
