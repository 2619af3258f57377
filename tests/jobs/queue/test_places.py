"""A runner's place: a submit never finds it held by one that has just left."""

import threading
import time

from jobs.queue import places, processes
from jobs.queue.runner import Patience, Runner, ensure_runner
from jobs.store.filelock import held


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


def test_a_runner_does_not_leave_while_a_job_waits_for_another_device(runner, store, states):
    first = store.jobs.submit("nap", "cuda:0")
    store.jobs.submit("nap", "cpu", after=first.id)
    place = runner._take_place()
    assert runner.round()
    assert runner.round()
    store.jobs.request_stop(first.id)
    assert not runner.round()
    place.release()
    assert states() == ["stopped", "stopped"]
