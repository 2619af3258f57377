"""Batches, heartbeats, stop requests."""

import threading
import time

import pytest

from jobs.errors import DiskFull
from jobs.queue.reporter import Intervals, StoreReporter

QUIET = Intervals(flush=60, batch=10_000, heartbeat=600)


@pytest.fixture
def job(store):
    dataset = None
    from jobs.types import Columns

    dataset = store.datasets.add("d", "d.csv", Columns("a", ("b",)), "{prompt}", {}, "f")
    run = store.runs.add("r", dataset.id, "starter", "lora", "quick", {}, 0, "{prompt}", "cpu")
    assert store.jobs.claim("cpu").run_id == run.id
    return store.jobs.newest(run.id)


@pytest.fixture
def reporter(store, job):
    reporter = StoreReporter(store, job, intervals=QUIET)
    yield reporter
    reporter.close()


def test_what_is_told_arrives_in_order_and_whole(store, job, reporter):
    reporter.phase("Training", 40)
    for step in range(1, 31):
        reporter.progress(step, 40, 60.0 - step)
        reporter.metric(step, {"loss": 1.0 / step, "learning_rate": 0.1})
    reporter.metric(30, {"validation_loss": float("nan")})
    reporter.log("a line")
    reporter.warn("Few steps.")
    reporter.flush()
    told = store.jobs.get(job.id)
    assert (told.phase, told.done, told.total, told.seconds_left) == ("Training", 30, 40, 30.0)
    curve = store.events.metrics(job.run_id)
    assert [point["step"] for point in curve] == list(range(1, 31))
    assert curve[-1]["validation_loss"] is None
    assert store.events.log(job.run_id) == "a line"
    assert store.events.warnings(job.run_id) == ["Few steps."]


def test_the_runs_step_is_trainings_whatever_the_phase_counts(store, job, reporter):
    reporter.phase("Training", 40)
    reporter.metric(5, {"loss": 1.0})
    reporter.progress(7, 40)
    reporter.phase("Validating", 9)
    reporter.metric(7, {"validation_loss": 1.0})
    reporter.progress(3, 9)
    reporter.flush()
    run = store.runs.by_id(job.run_id)
    assert (run.step, run.steps) == (7, 40)


def test_a_full_batch_does_not_wait_and_a_question_is_a_sign_of_life(store, job, wait_for):
    intervals = Intervals(flush=0.05, batch=5, heartbeat=0.1)
    reporter = StoreReporter(store, job, intervals=intervals)
    for n in range(5):
        reporter.log(str(n))
    wait_for(lambda: store.events.log(job.run_id) == "0\n1\n2\n3\n4")
    first = store.jobs.get(job.id).heartbeat
    reporter.stop_requested()
    wait_for(lambda: store.jobs.get(job.id).heartbeat > first)
    reporter.close()
    assert threading.active_count() == 1 or not reporter._thread.is_alive()


def test_the_thread_does_not_vouch_for_a_loop_that_hangs(store, job, wait_for):
    reporter = StoreReporter(store, job, intervals=Intervals(flush=0.02, heartbeat=0.05))
    reporter.progress(1, 9)
    said = store.clock()
    wait_for(lambda: store.jobs.get(job.id).done == 1)
    time.sleep(0.5)  # the loop does nothing; the thread goes round 25 times
    assert store.jobs.get(job.id).heartbeat <= said
    reporter.close()


def test_what_cannot_be_written_is_kept(store, job, reporter, monkeypatch):
    def full(*_, **__):
        raise DiskFull("w", "c")

    reporter.log("one")
    monkeypatch.setattr(store.events, "append", full)
    with pytest.raises(DiskFull):
        reporter.flush()
    reporter.log("two")
    monkeypatch.undo()
    reporter.flush()
    reporter.flush()
    assert store.events.log(job.run_id) == "one\ntwo"


def test_a_stop_request_is_seen_within_its_pace(store, job):
    now, terminated = [0.0], [False]
    reporter = StoreReporter(
        store, job, intervals=QUIET, clock=lambda: now[0], terminated=lambda: terminated[0]
    )
    assert not reporter.stop_requested()
    store.jobs.request_stop(job.id)
    now[0] = 0.2
    assert not reporter.stop_requested()  # asked a moment ago
    now[0] = 0.31
    assert reporter.stop_requested()
    reporter.close()


def test_sigterm_is_seen_at_once(store, job):
    reporter = StoreReporter(store, job, intervals=QUIET, terminated=lambda: True)
    assert reporter.stop_requested()
    reporter.close()


def test_a_checkpoint_is_there_after_what_was_told_before_it(store, home, job, reporter):
    reporter.metric(3, {"loss": 1.0})
    reporter.checkpoint(3, home.run(job.run_id) / "checkpoints" / "3", 0.5)
    assert store.events.metrics(job.run_id)
    assert store.checkpoints.newest(job.run_id).step == 3


def test_a_check_of_as_many_examples_as_there_are_steps_counts_no_steps(store, job, reporter):
    reporter.phase("Training", 40)
    reporter.metric(5, {"loss": 1.0})
    reporter.phase("Checking on the validation examples", 40)
    reporter.progress(39, 40)
    reporter.flush()
    run = store.runs.by_id(job.run_id)
    assert (run.step, run.steps) == (5, 40)
