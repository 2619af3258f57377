"""The queue: order, claims, dependencies, stop, resume."""

import collections

import pytest

from jobs.errors import NeverBegan, NotFound
from jobs.store import IllegalTransition, Store


def test_jobs_are_claimed_in_the_order_they_were_submitted(store):
    ids = [store.jobs.submit("nap", "cpu").id for _ in range(3)]
    other = store.jobs.submit("nap", "cuda:0").id
    claimed = []
    while job := store.jobs.claim("cpu"):
        claimed.append(job.id)
        assert job.state == "running"
        assert job.started == store.clock()
    assert claimed == ids
    assert store.jobs.claim("cuda:0").id == other


def test_four_processes_that_claim_at_once_get_each_job_once(store, home, tmp_path, together):
    ids = {store.jobs.submit("nap", "cpu").id for _ in range(60)}
    store.close()

    def claim(number):
        mine = Store.open(home)
        with open(tmp_path / f"claims-{number}", "w") as file:
            while job := mine.jobs.claim("cpu"):
                file.write(f"{job.id}\n")

    assert together(claim, 4) == [0] * 4
    lines = [(tmp_path / f"claims-{n}").read_text().split() for n in range(4)]
    counted = collections.Counter(int(line) for part in lines for line in part)
    assert set(counted) == ids
    assert set(counted.values()) == {1}


def test_a_job_waits_for_the_one_before_it(store):
    first = store.jobs.submit("nap", "cuda:0")
    second = store.jobs.submit("nap", "cpu", after=first.id)
    third = store.jobs.submit("nap", "cpu")
    assert store.jobs.claim("cpu").id == third.id
    assert store.jobs.claim("cpu") is None
    store.jobs.claim("cuda:0")
    assert store.jobs.claim("cpu") is None
    store.jobs.finish(first.id, "done")
    assert store.jobs.claim("cpu").id == second.id


@pytest.mark.parametrize(
    ("ending", "follows"),
    [("failed", "failed"), ("stopped", "stopped"), ("interrupted", "failed")],
)
def test_a_job_whose_forerunner_did_not_end_well_never_begins_and_says_why(
    store, make_run, ending, follows
):
    run = make_run("tone-1")
    first = store.jobs.newest(run.id)
    second = store.jobs.submit("compare", "cpu", after=first.id)
    third = store.jobs.submit("compare", "cpu", after=second.id)
    store.jobs.claim("cpu")
    store.jobs.finish(first.id, ending)
    error = store.jobs.get(second.id).error
    assert store.jobs.get(second.id).state == follows
    assert error["kind"] == NeverBegan.kind, "the page offers the way to its run"
    assert "“tone-1”" in error["what"]
    assert error["cure"]
    assert store.jobs.get(third.id).state == follows
    late = store.jobs.submit("compare", "cpu", after=first.id)
    assert late.state == follows


@pytest.mark.parametrize(("ending", "follows"), [("interrupted", "failed"), ("stopped", "stopped")])
def test_resume_brings_back_those_that_ended_only_because_they_follow(store, ending, follows):
    first = store.jobs.submit("train", "cpu")
    second = store.jobs.submit("compare", "cpu", after=first.id)
    store.jobs.claim("cpu")
    store.jobs.finish(first.id, ending)
    assert store.jobs.get(second.id).state == follows
    store.jobs.requeue(first.id)
    again = store.jobs.get(second.id)
    assert (again.state, again.error) == ("queued", None)
    assert store.jobs.claim("cpu").id == first.id


def test_resume_leaves_alone_what_somebody_stopped_by_itself(store):
    first = store.jobs.submit("train", "cpu")
    second = store.jobs.submit("compare", "cpu", after=first.id)
    store.jobs.request_stop(second.id)
    store.jobs.claim("cpu")
    store.jobs.finish(first.id, "stopped")
    store.jobs.requeue(first.id)
    assert store.jobs.get(second.id).state == "stopped"


def test_resume_clears_what_the_last_attempt_left_and_goes_to_the_end_of_the_queue(store):
    job = store.jobs.submit("nap", "cpu")
    store.jobs.claim("cpu")
    store.jobs.start(job.id, 11, 22, "boot")
    store.jobs.progress(job.id, "Training", 5, 9, 1.0, step=5, steps=9)
    store.jobs.request_stop(job.id)
    store.jobs.finish(job.id, "stopped", {"kind": "x", "what": "w", "cure": "c", "detail": ""})
    later = store.jobs.submit("nap", "cpu")
    again = store.jobs.requeue(job.id)
    assert (again.state, again.attempt, again.stop_requested) == ("queued", 1, False)
    assert (again.pid, again.error, again.done, again.ended) == (None, None, 0, None)
    assert [j.id for j in store.jobs.list(states=("queued",))] == [later.id, job.id]


def test_a_queued_job_is_stopped_at_once_and_a_running_one_is_asked(store):
    queued, running = store.jobs.submit("nap", "cuda:0"), store.jobs.submit("nap", "cpu")
    store.jobs.claim("cpu")
    assert store.jobs.request_stop(queued.id).state == "stopped"
    asked = store.jobs.request_stop(running.id)
    assert (asked.state, asked.stop_requested) == ("running", True)
    assert store.jobs.stop_requested(running.id)
    store.jobs.finish(running.id, "done")
    assert store.jobs.request_stop(running.id).state == "done"


def test_the_running_come_first_and_the_waiting_in_order(store):
    ids = [store.jobs.submit("nap", device).id for device in ("cpu", "cuda:0", "cpu")]
    store.jobs.claim("cuda:0")
    found = store.jobs.list(states=("queued", "running"))
    assert [job.id for job in found] == [ids[1], ids[0], ids[2]]
    assert store.jobs.busy_devices() == ("cpu", "cuda:0") or set(store.jobs.busy_devices()) == {
        "cpu",
        "cuda:0",
    }


def test_a_child_that_stays_takes_only_its_own_kind_and_only_in_turn(store):
    store.jobs.submit("ask", "cpu")
    assert store.jobs.kinds_waiting("cpu") == {"ask"}
    assert store.jobs.claim_same("ask", "cpu") is not None
    store.jobs.submit("train", "cpu")
    store.jobs.submit("ask", "cpu")
    assert store.jobs.kinds_waiting("cpu") == {"ask", "train"}
    assert store.jobs.kinds_waiting("cuda:0") == frozenset()
    assert store.jobs.claim_same("ask", "cpu") is None


def test_progress_of_a_job_that_has_ended_changes_nothing(store):
    job = store.jobs.submit("nap", "cpu")
    store.jobs.claim("cpu")
    store.jobs.finish(job.id, "done")
    before = store.jobs.get(job.id)
    store.jobs.progress(job.id, "Still here", 1, 2)
    assert store.jobs.get(job.id) == before


def test_a_process_cannot_begin_a_job_that_nobody_claimed(store):
    job = store.jobs.submit("nap", "cpu")
    with pytest.raises(IllegalTransition):
        store.jobs.start(job.id, 1, 2, "boot")
    assert store.jobs.get(job.id).state == "queued"


def test_a_job_that_is_not_there(store):
    with pytest.raises(NotFound):
        store.jobs.get(77)
    with pytest.raises(NotFound):
        store.jobs.finish(77, "done")
    with pytest.raises(NotFound):
        store.jobs.request_stop(77)
    assert store.jobs.stop_requested(77)
