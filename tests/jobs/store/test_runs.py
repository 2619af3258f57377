"""Runs: names that never overwrite, and what a run tells."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.errors import AlreadyExists, InputError, NotFound, Unavailable
from jobs.store import Store
from jobs.types import TrainingResult


def test_a_run_comes_with_its_queued_job(store, make_run):
    run = make_run("tone-1")
    job = store.jobs.newest(run.id)
    assert (run.state, run.step, run.steps) == ("queued", 0, 40)
    assert (job.kind, job.state, job.run_id, job.device) == ("train", "queued", run.id, "cpu")
    assert run.folder == store.home.run(run.id)
    assert store.runs.get("tone-1") == store.runs.by_id(run.id) == run


def test_equal_names_do_not_overwrite(store, make_run):
    first = make_run("tone-1")
    with pytest.raises(AlreadyExists, match="“tone-1”"):
        make_run(" tone-1 ")
    assert store.runs.list() == [first]
    assert len(store.jobs.list()) == 1


def test_of_four_processes_that_give_one_name_at_once_one_has_it(store, home, dataset, together):
    """Typed, it is refused to the others; chosen for them, each has its own."""
    given = (dataset.id, "starter", "lora", "quick", {}, 0, "{prompt}", "cpu")
    store.close()

    def add(number):
        mine = Store.open(home)
        with mine.transaction():
            mine.runs.add(mine.runs.free_name("tone"), *given)
        try:
            mine.runs.add("the same", *given)
        except AlreadyExists:
            raise SystemExit(7) from None

    assert sorted(together(add, 4)) == [0, 7, 7, 7]
    names = sorted(run.name for run in store.runs.list())
    assert names == ["the same", "tone-1", "tone-2", "tone-3", "tone-4"]
    assert len(store.jobs.list()) == 5


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "a" * 81,
        "a/b",
        "a\\b",
        "a\nb",
        "a\x00b",
        ".hidden",
        "..",
        "base",
        "Base",
        "base@4bit",
        "base+3",
    ],
)
def test_names_that_may_not_be(make_run, name):
    with pytest.raises(InputError):
        make_run(name)


@pytest.mark.parametrize("name", ["a", "a" * 80, "Größe 3", "模型", "baseline", "tone.v2"])
def test_names_that_may_be(store, make_run, name):
    assert make_run(name).name == name
    assert store.runs.get(name).name == name


def test_one_name_in_two_spellings_of_unicode_is_one_name(store, make_run):
    make_run("Gro\u0308ße")
    assert store.runs.get("Größe").name == "Größe"


def test_the_nearest_name_is_suggested(store, make_run):
    with pytest.raises(NotFound, match="no run yet"):
        store.runs.get("x")
    make_run("house-style")
    with pytest.raises(NotFound, match="Did you mean “house-style”"):
        store.runs.get("house-stile")


def test_free_names_count_on(store, make_run):
    assert store.runs.free_name("tone") == "tone-1"
    for name in ("tone-1", "tone-9", "tone-x", "tone-10-b", "tones-77", "tone.5"):
        make_run(name)
    assert store.runs.free_name("tone") == "tone-10"
    assert len(store.runs.free_name("x" * 80)) <= 80


def test_newest_first_in_pages(store, make_run):
    for n in range(5):
        make_run(f"r{n}")
    assert [run.name for run in store.runs.list(limit=2, offset=1)] == ["r3", "r2"]
    assert len(store.runs.list()) == store.runs.count() == 5


def test_state_step_and_error_are_those_of_the_newest_train_job(store, make_run):
    run = make_run("tone-1")
    job = store.jobs.claim("cpu")
    store.jobs.progress(job.id, "Training", 7, 50, 3.0, step=7, steps=50)
    store.jobs.progress(job.id, "Validating", 1, 9)
    told = store.runs.by_id(run.id)
    assert (told.state, told.step, told.steps) == ("running", 7, 50)
    error = {"kind": "bug", "what": "w", "cure": "c", "detail": "d"}
    store.jobs.finish(job.id, "failed", error)
    assert store.runs.by_id(run.id).error == error
    store.jobs.submit("compare", "cpu", run_id=run.id)
    assert store.runs.by_id(run.id).state == "failed"


def test_a_result_is_kept_as_plain_values(store, make_run):
    run = make_run("tone-1")
    result = TrainingResult(40, 40, 1.5, 10, 100, 5, 30, 0.5, False, Path("/somewhere/adapter"))
    store.runs.set_result(run.id, result)
    told = store.runs.by_id(run.id)
    assert told.result["adapter"] == "/somewhere/adapter"
    assert (told.step, told.steps) == (40, 40)
    assert replace(told, result={}, step=0) == run


def test_a_delete_is_refused_while_the_run_is_waited_for(store, dataset, make_run):
    run = make_run("tone-1")
    with pytest.raises(Unavailable, match="queued"):
        store.runs.delete("tone-1")
    job = store.jobs.claim("cpu")
    with pytest.raises(Unavailable, match="running"):
        store.runs.delete("tone-1")
    store.jobs.finish(job.id, "done")
    comparison = store.comparisons.add(dataset.id, "starter", "test", None, ["base", "tone-1"], {})
    with pytest.raises(Unavailable, match="comparison"):
        store.runs.delete("tone-1")
    store.jobs.request_stop(comparison.job_id)
    assert store.runs.delete("tone-1").id == run.id
    assert not store.runs.exists("tone-1")
    assert store.comparisons.get(comparison.id).variants == ("base", "tone-1")


def test_a_page_of_ended_runs_is_the_same_as_a_slice_of_all(store, make_run):
    for number in range(9):
        run = make_run(f"tone-{number}")
        if number % 3:
            store.jobs.claim("cpu")
            job = store.jobs.newest(run.id)
            store.jobs.request_stop(job.id) if job.state == "queued" else None
    moving = ("queued", "running")
    ended = [run.name for run in store.runs.list() if run.state not in moving]
    assert 0 < len(ended) < 9
    pages = [store.runs.list(2, offset, ended=True) for offset in range(0, 10, 2)]
    assert [run.name for page in pages for run in page] == ended
    assert store.runs.count(ended=True) == len(ended)
    assert store.runs.count() == 9
