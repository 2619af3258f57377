"""Checkpoints, comparisons, completions, asks and facts."""

import shutil

import pytest

from jobs.errors import NotFound
from jobs.home import Home
from jobs.store import Store
from jobs.types import Completion


def test_checkpoints(store, make_run):
    run = make_run("tone-1")
    assert store.checkpoints.newest(run.id) is None
    for step, loss in ((10, 0.5), (20, 0.4), (30, None)):
        store.checkpoints.add(run.id, step, run.folder / "checkpoints" / str(step), loss)
    again = store.checkpoints.add(run.id, 20, run.folder / "checkpoints" / "20b", 0.3)
    assert [c.step for c in store.checkpoints.list(run.id)] == [10, 20, 30]
    newest = store.checkpoints.newest(run.id)
    assert (newest.step, newest.validation_loss) == (30, None)
    store.checkpoints.remove(newest.id)
    assert store.checkpoints.newest(run.id) == again


def test_a_home_may_be_moved(store, make_run, tmp_path):
    run = make_run("tone-1")
    store.checkpoints.add(run.id, 10, run.folder / "checkpoints" / "10", 0.5)
    elsewhere = tmp_path / "elsewhere"
    store.checkpoints.add(run.id, 20, elsewhere, 0.5)
    store.close()
    moved = Home(tmp_path / "moved")
    shutil.move(store.home.root, moved.root)
    found = Store.open(moved).checkpoints.list(run.id)
    assert [c.folder for c in found] == [moved.run(run.id) / "checkpoints" / "10", elsewhere]


def test_a_comparison_comes_with_its_queued_job(store, dataset, make_run):
    run = make_run("tone-1")
    train = store.jobs.newest(run.id)
    asked = (dataset.id, "starter", "test", 5, ["base", "tone-1"], {"max_new_tokens": 9})
    info = store.comparisons.add(*asked, device="cpu", after=train.id, payload={"x": 1})
    job = store.jobs.get(info.job_id)
    assert (job.kind, job.state, job.comparison_id) == ("compare", "queued", info.id)
    assert job.payload == {"x": 1}
    assert (info.data, info.state, info.variants) == ("letters", "queued", ("base", "tone-1"))
    assert store.comparisons.find(*asked) == store.comparisons.get(info.id) == info
    assert store.comparisons.of_run(run.id) == store.comparisons.of_dataset(dataset.id) == [info]
    store.comparisons.set_verdict(info.id, "No difference to be seen.", "same")
    [told] = store.comparisons.list()
    assert (told.verdict, told.outcome) == ("No difference to be seen.", "same")
    with pytest.raises(NotFound):
        store.comparisons.get(77)


def test_another_request_is_another_comparison(store, dataset, make_run):
    make_run("tone-1")
    asked = [dataset.id, "starter", "test", 5, ["base", "tone-1"], {"max_new_tokens": 9}]
    store.comparisons.add(*asked)
    for place, other in ((1, "else"), (2, "validation"), (3, None), (4, ["base"]), (5, {})):
        changed = [*asked]
        changed[place] = other
        assert store.comparisons.find(*changed) is None


def test_a_new_run_under_an_old_name_is_not_taken_for_the_old_one(store, dataset, make_run):
    make_run("tone-1")
    asked = (dataset.id, "starter", "test", None, ["base", "tone-1"], {})
    old = store.comparisons.add(*asked)
    store.jobs.request_stop(old.job_id)
    store.jobs.request_stop(1)
    store.runs.delete("tone-1")
    make_run("tone-1")
    assert store.comparisons.find(*asked) is None


def test_completions_are_kept_as_they_come(store):
    first, second = Completion("Hi 👋", 3, False, 0.5), Completion("", 0, True)
    store.completions.put_many("base|cpu", [(0, first), (7, second)])
    store.completions.put_many("base|cpu", [(7, first)])
    store.completions.put_many("other", [])
    assert store.completions.get("base|cpu") == {0: first, 7: first}
    assert store.completions.get("other") == {}


def test_answers_come_one_by_one(store):
    ask_id = store.asks.add("starter", ["base", "tone-1", "x"], "Hi", "{prompt}", {"seed": 1})
    ask = store.asks.get(ask_id)
    job = store.jobs.get(ask.job_id)
    assert (job.kind, job.payload, ask.state) == ("ask", {"ask_id": ask_id}, "queued")
    done = Completion("Hello.", 2, False)
    error = {"kind": "model", "what": "w", "cure": "c", "detail": ""}
    store.asks.put(ask_id, "base", done)
    store.asks.put(ask_id, "x", error)
    ask = store.asks.get(ask_id)
    assert (ask.answers, ask.errors) == ({"base": done}, {"x": error})
    begun = Completion("Hel", 1, False)
    store.asks.put_written(ask_id, {"tone-1": begun})
    ask = store.asks.get(ask_id)
    assert (ask.answers, ask.written) == ({"base": done}, {"tone-1": begun})
    store.asks.put(ask_id, "tone-1", done, "Odd.")
    ask = store.asks.get(ask_id)
    assert (ask.answers, ask.written) == ({"base": done, "tone-1": done}, {})
    assert ask.notes == {"tone-1": "Odd."}
    store.asks.clear(ask_id)
    assert (store.asks.get(ask_id).answers, store.asks.get(ask_id).errors) == ({}, {})
    with pytest.raises(NotFound):
        store.asks.get(77)


def test_facts_are_remembered_with_their_time(store, clock):
    assert store.facts.get("probe") is None
    store.facts.set("probe", {"cores": [1, 2]})
    clock.now += 5
    store.facts.set("lengths", [3], time=7.0)
    assert store.facts.get("probe") == {"cores": [1, 2]}
    assert store.facts.time("probe") == clock.now - 5
    store.facts.set("probe", None)
    assert store.facts.get("probe") is None
    assert store.facts.time("lengths") == 7.0
