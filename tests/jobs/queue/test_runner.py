"""The runner with real children: order, endings, stop, giving up its place."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from jobs.errors import DiskFull
from jobs.home import Home
from jobs.queue import endings, places, processes
from jobs.queue.runner import Patience, Runner, ensure_runner
from jobs.queue.watchdog import Limits, Watchdog
from jobs.store import Store
from jobs.store.database import Damaged
from jobs.store.filelock import acquire, held


def states(store):
    return [job.state for job in sorted(store.jobs.list(), key=lambda job: job.id)]


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def rounds(runner, until, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not until():
        assert runner.round()
        assert time.monotonic() < deadline


def test_jobs_run_in_order_and_a_failure_does_not_block_the_next(runner, store, home):
    for kind, payload in (("nap", {}), ("fail", {"how": "exit"}), ("nap", {})):
        store.jobs.submit(kind, "cpu", payload=payload)
    runner.run()
    assert states(store) == ["done", "failed", "done"]
    assert (home.root / "trail.txt").read_text() == "1\n3\n"
    error = store.jobs.get(2).error
    assert error["kind"] == "bug"
    assert "exit status 3" in error["what"]
    assert "last words" in error["detail"]
    assert not store.runners.taken("cpu")
    assert not held(places.runner_lock(home, "cpu"))


def test_a_killed_child_is_interrupted_and_the_queue_goes_on(runner, store, begin):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    store.jobs.submit("nap", "cpu")
    os.kill(begin(), signal.SIGKILL)
    runner.run()
    assert states(store) == ["interrupted", "done"]
    error = store.jobs.get(1).error
    assert error["kind"] == "interrupted"
    assert "SIGKILL" in error["what"]
    assert "again" in error["cure"]


def test_sigterm_to_a_child_is_a_stop_request(runner, store, begin):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    os.kill(begin(), signal.SIGTERM)
    runner.run()
    assert states(store) == ["stopped"]


def test_a_shutdown_says_that_nobody_asked_for_the_stop(runner, store, begin):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    os.kill(begin(), signal.SIGTERM)
    runner.run()
    error = store.jobs.get(1).error
    assert "shut down" in error["what"]
    assert error["cure"]


def test_a_child_whose_loop_hangs_is_ended_and_shows_where(runner, store, home, begin):
    """Its heartbeat thread lives on; what counts is what its work says."""
    store.jobs.submit("hang", "cpu")
    pid = begin()
    runner._watchdog = Watchdog(time.monotonic, Limits(unknown=1.0, known=1.0))
    runner.run()
    assert states(store) == ["interrupted"]
    error = store.jobs.get(1).error
    assert "nothing at all" in error["what"]
    assert "in for_ever" in error["detail"]
    assert not alive(pid)


def test_a_child_that_the_system_holds_still_is_ended_too(runner, store, begin):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    os.kill(begin(), signal.SIGSTOP)
    runner._watchdog = Watchdog(time.monotonic, Limits(unknown=1.0, known=1.0))
    runner.run()
    assert states(store) == ["interrupted"]


def test_a_stop_is_obeyed_and_memory_is_free(runner, store, begin):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60})
    pid = begin()
    store.jobs.request_stop(1)
    runner.run()
    assert states(store) == ["stopped"]
    assert not alive(pid)


def test_who_does_not_hear_is_made_to_stop(runner, store, begin):
    store.jobs.submit("nap", "cpu", payload={"seconds": 60, "deaf": True})
    pid = begin()
    store.jobs.request_stop(1)
    asked = time.monotonic()
    runner.run()
    assert states(store) == ["stopped"]
    assert not alive(pid)
    assert time.monotonic() - asked >= 0.6


def test_nothing_is_signalled_before_its_time(store, home, begin, monkeypatch, runner):
    sent, now = [], [0.0]
    record = lambda identity, number: sent.append((now[0], number)) or True  # noqa: E731
    store.jobs.submit("nap", "cpu", payload={"seconds": 60, "deaf": True})
    pid = begin()
    monkeypatch.setattr(processes, "signal_group", record)
    watcher = Runner(store, home, "cpu", clock=lambda: now[0], sleep=lambda s: None)
    watcher.round()
    store.jobs.request_stop(1)
    for now[0] in (1.0, 5.0, 10.9, 11.0, 12.0, 14.9, 15.0, 16.0):
        watcher.round()
    assert sent == [(11.0, signal.SIGTERM), (15.0, signal.SIGKILL)]
    assert Patience().kill < 15
    monkeypatch.undo()
    os.kill(pid, signal.SIGKILL)
    rounds(runner, lambda: not alive(pid))


def test_what_a_child_started_ends_with_it(runner, store, home, wait_for):
    store.jobs.submit("family", "cpu")
    runner.round()
    family = wait_for(lambda: (home.root / "family.txt").exists(), "the family is there")
    family = wait_for(lambda: (home.root / "family.txt").read_text().split(), "its pids")
    os.kill(store.jobs.get(1).pid, signal.SIGKILL)
    lock = places.device_lock(home, "cpu")
    wait_for(lambda: not held(lock), "the lock is free though grandchildren live")
    assert alive(family[0])
    runner.run()
    assert states(store) == ["interrupted"]
    wait_for(lambda: not any(map(alive, family)), "grandchildren are gone")


def test_what_a_child_left_behind_ends_too(runner, store, home, wait_for):
    store.jobs.submit("family", "cpu", payload={"leave": True})
    runner.run()
    assert states(store) == ["done"]
    family = (home.root / "family.txt").read_text().split()
    wait_for(lambda: not any(map(alive, family)), "nothing is left", seconds=20)


def test_a_child_that_writes_ten_megabytes_with_nobody_reading_ends_well(runner, store, home):
    store.jobs.submit("chatter", "cpu", payload={"megabytes": 10})
    runner.run()
    assert states(store) == ["done"]
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


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is full")
@pytest.mark.parametrize(
    ("kind", "payload"), [("fail", {"how": "bug"}), ("chatter", {"megabytes": 1})]
)
def test_an_output_that_cannot_be_written_costs_no_job(store, home, kind, payload):
    """The log lies on the disk that is full: not even the traceback can be told there."""
    store.jobs.submit(kind, "cpu", payload=payload)
    store.jobs.claim("cpu")
    words = [sys.executable, "-P", "-u", "-m", "jobs.queue.child", "--home", str(home.root)]
    with open("/dev/full", "w") as full:
        done = subprocess.run([*words, "--job", "1"], stdout=full, stderr=full, check=False)
    job = store.jobs.get(1)
    if kind == "fail":
        assert (done.returncode, job.state, job.error["kind"]) == (1, "failed", "bug")
        assert "nobody foresaw this" in job.error["detail"]
    else:
        assert (done.returncode, job.state) == (0, "done")


def test_a_child_that_cannot_write_to_its_home_is_no_bug(store, tmp_path):
    store.jobs.submit("nap", "cpu")
    store.jobs.claim("cpu")
    state, error = endings.of_process(store.jobs.get(1), None, endings.NO_HOME, tmp_path / "none")
    assert (state, error["kind"]) == ("failed", "disk")


def test_a_runner_outlives_a_disk_that_is_full_for_its_locks(runner, store, monkeypatch):
    from jobs.queue import runner as module

    plain, failures = module.acquire, [OSError(28, "No space left on device")] * 2

    def acquire_later(path, patience=0.0):
        if path.name.startswith("device") and failures:
            raise failures.pop()
        return plain(path, patience)

    monkeypatch.setattr(module, "acquire", acquire_later)
    monkeypatch.setattr(runner, "_sleep", lambda seconds: time.sleep(0.01))
    store.jobs.submit("nap", "cpu")
    runner.run()
    assert states(store) == ["done"]


def test_a_job_whose_child_cannot_start_fails_and_the_next_is_tried(runner, store, monkeypatch):
    def refuse(*_):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(processes, "start", refuse)
    store.jobs.submit("nap", "cpu")
    store.jobs.submit("nap", "cpu")
    runner.run()
    assert states(store) == ["failed", "failed"]
    assert store.jobs.get(1).error["kind"] == "memory"


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


# --- the place ----------------------------------------------------------------------------------


def spawned(monkeypatch):
    started = []
    monkeypatch.setattr(processes, "detach", lambda words, log: started.append(words))
    return started


def test_submit_first_then_the_runner_looks(runner, store, home, monkeypatch):
    """The runner is about to find the queue empty; the submit comes before its transaction."""
    started = spawned(monkeypatch)
    place = runner._take_place()
    assert store.jobs.claim("cpu") is None
    store.jobs.submit("nap", "cpu")
    assert not ensure_runner(store, home, "cpu")
    assert started == []
    assert not store.runners.leave_if_idle("cpu")
    assert store.jobs.claim("cpu") is not None
    place.release()


def test_the_runner_leaves_first_then_submit_looks(runner, store, home, monkeypatch):
    """The place is given up, but its last holder has not ended yet and still holds its lock."""
    started = spawned(monkeypatch)
    place = runner._take_place()
    assert store.runners.leave_if_idle("cpu")
    store.jobs.submit("nap", "cpu")
    assert held(places.runner_lock(home, "cpu"))
    assert ensure_runner(store, home, "cpu")
    assert len(started) == 1
    taken = []
    second = Runner(store, home, "cpu", patience=Patience(look=0.01))
    thread = threading.Thread(target=lambda: taken.append(second._take_place()))
    thread.start()
    time.sleep(0.5)
    assert taken == []  # it waits for the one that leaves; if it left too, the job were lost
    place.release()
    thread.join()
    assert taken[0] is not None


def test_a_second_runner_leaves_at_once(runner, store, home):
    place = runner._take_place()
    assert Runner(store, home, "cpu")._take_place() is None
    assert store.runners.taken("cpu")
    place.release()


def test_a_place_whose_holder_was_killed_is_empty(runner, store, home, monkeypatch):
    started = spawned(monkeypatch)
    runner._take_place().release()  # as the kernel does when it is killed
    store.jobs.submit("nap", "cpu")
    assert store.runners.taken("cpu")
    assert ensure_runner(store, home, "cpu")
    assert len(started) == 1


def test_no_runner_is_started_for_nothing_or_again_and_again(store, home, monkeypatch):
    started = spawned(monkeypatch)
    assert not ensure_runner(store, home, "cpu")
    store.jobs.submit("nap", "cpu")
    assert ensure_runner(store, home, "cpu", patience=60)
    assert not ensure_runner(store, home, "cpu", patience=60)
    assert ensure_runner(store, home, "cpu")  # a submit does not wait
    assert len(started) == 2


def test_a_runner_does_not_leave_while_a_job_waits_for_another_device(runner, store):
    first = store.jobs.submit("nap", "cuda:0")
    store.jobs.submit("nap", "cpu", after=first.id)
    place = runner._take_place()
    assert runner.round()
    assert runner.round()
    store.jobs.request_stop(first.id)
    assert not runner.round()
    place.release()
    assert states(store) == ["stopped", "failed"]


def test_a_home_that_was_deleted_ends_its_runner(tmp_path):
    home = Home(tmp_path / "gone")
    store = Store.open(home)
    store.jobs.submit("nap", "cpu")
    shutil.rmtree(home.root)
    assert not Runner(store, home, "cpu").round()
    store.close()


def test_a_bad_time_passes(runner, store, monkeypatch):
    """The disk is full when the runner wants to write; nothing is lost, it tries again."""
    store.jobs.submit("nap", "cpu")
    failures = [DiskFull("w", "c"), DiskFull("w", "c")]
    claim = store.jobs.claim

    def claim_after_a_while(device):
        if failures:
            raise failures.pop()
        return claim(device)

    monkeypatch.setattr(store.jobs, "claim", claim_after_a_while)
    monkeypatch.setattr(runner, "_sleep", lambda seconds: time.sleep(0.01))
    runner.run()
    assert states(store) == ["done"]


def test_a_damaged_database_does_not_pass(runner, store, monkeypatch):
    """Trying again each second would fill the runner's log, and nothing would come of it."""
    store.jobs.submit("nap", "cpu")

    def damaged(device):
        raise Damaged("what", "cure")

    monkeypatch.setattr(store.jobs, "claim", damaged)
    with pytest.raises(Damaged):
        runner.run()
    assert states(store) == ["queued"]


# --- children that stay -------------------------------------------------------------------------


def test_a_child_that_stays_answers_on_and_gives_way(runner, store):
    store.jobs.submit("chat", "cpu", payload={"prompt": "one"})
    store.jobs.submit("chat", "cpu", payload={"prompt": "bad"})
    runner.round()
    rounds(runner, lambda: store.jobs.get(2).state == "failed")
    third = store.jobs.submit("chat", "cpu", payload={"prompt": "three"})
    rounds(runner, lambda: store.jobs.get(third.id).state == "done")
    logs = [store.events.log(job_id=n) for n in (1, 2, 3)]
    assert [log.partition(" ")[2] for log in logs] == [
        "answered one",
        "answered bad",
        "answered three",
    ]
    assert len({log.split()[0] for log in logs}) == 1
    assert store.jobs.get(2).error["kind"] == "data"
    assert runner._child.ended() is None
    store.jobs.submit("nap", "cpu")
    runner.run()
    assert states(store) == ["done", "failed", "done", "done"]


def test_a_child_that_stays_and_hangs_is_made_to_leave(runner, store, home):
    """It holds the device's lock, has no job, and a job waits."""
    words = ["sleep", "60"]
    lock = acquire(places.device_lock(home, "cpu"))
    runner._child = processes.start(words, home.jobs / "log", [lock])
    lock.release()
    store.jobs.submit("nap", "cpu")
    runner.run()
    assert states(store) == ["done"]
