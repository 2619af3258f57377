"""The queue as a person shapes it: stop anything, order, pause, and presses that come twice."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.errors import Unavailable
from jobs.queue.executors.inline import InlineExecutor
from jobs.workspace import Workspace, queueing


def kinds(bench: Any) -> list[str]:
    return [job.kind for job in bench.workspace.queue()]


def test_a_double_press_makes_one_run(bench: Any, tiny: Any) -> None:
    bench.data()
    first = bench.train(tiny("llama"), compare=True)
    assert bench.train(tiny("llama"), compare=True) == first
    assert kinds(bench) == ["train", "compare"]


def test_another_wish_makes_another_run(bench: Any, tiny: Any) -> None:
    bench.data()
    first = bench.train(tiny("llama"))
    for more in ({"seed": 1}, {"compare": True}, {"options": {"rank": 2}}, {"name": "mine"}):
        assert bench.train(tiny("llama"), **more).id != first.id
    assert len(bench.workspace.runs()) == 5


def test_the_same_again_later_or_after_the_end_is_another_run(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.data()
    first = bench.train(tiny("llama"))
    bench.workspace.stop(first.name)
    second = bench.train(tiny("llama"))
    assert second.id != first.id
    monkeypatch.setattr("jobs.workspace.training.DOUBLE_PRESS", 0.0)
    assert bench.train(tiny("llama")).id != second.id


def test_a_question_that_is_pressed_twice_is_asked_once(bench: Any, tiny: Any) -> None:
    model = str(tiny("llama"))
    first = bench.workspace.ask(["base"], "Hello", model=model)
    assert bench.workspace.ask(["base"], "Hello", model=model) == first
    assert bench.workspace.ask(["base"], "Hello?", model=model) != first
    assert kinds(bench) == ["ask", "ask"]


def test_jobs_of_every_kind_can_be_stopped_while_they_wait(bench: Any, tiny: Any) -> None:
    bench.data()
    model = str(tiny("llama"))
    run = bench.train(tiny("llama"))
    comparison = bench.workspace.compare("things", ["base", "base+1"], model=model)
    ask = bench.workspace.ask(["base"], "Hello", model=model)
    for job in bench.workspace.queue():
        assert bench.workspace.stop_job(job.id).state == "stopped"
    assert bench.workspace.run(run.name).state == "stopped"
    assert bench.workspace.comparison(comparison.id).state == "stopped"
    assert bench.workspace.answers(ask).state == "stopped"
    assert bench.workspace.queue() == []


def test_a_stopped_comparison_goes_on_when_it_is_resumed(bench: Any, tiny: Any) -> None:
    bench.data()
    comparison = bench.workspace.compare("things", ["base", "base+1"], model=str(tiny("llama")))
    bench.workspace.stop_job(comparison.job_id)
    assert bench.workspace.resume_job(comparison.job_id).state == "queued"
    with pytest.raises(Unavailable, match="nothing to resume"):
        bench.workspace.resume_job(comparison.job_id)
    bench.work()
    assert bench.workspace.comparison(comparison.id).state == "done"
    with pytest.raises(Unavailable, match="done"):
        bench.workspace.resume_job(comparison.job_id)


def test_the_queue_is_shown_in_the_order_that_was_made(bench: Any, tiny: Any) -> None:
    bench.data()
    jobs = [bench.workspace.job(bench.train(tiny("llama"), seed=n).name).id for n in range(3)]
    moved = bench.workspace.move_job(jobs[2], "first")
    assert [job.id for job in moved] == [jobs[2], jobs[0], jobs[1]]


def test_a_paused_queue_waits_through_a_restart_and_goes_on(bench: Any, tiny: Any) -> None:
    bench.data()
    bench.workspace.pause_queue()
    run = bench.train(tiny("llama"))
    bench.work()
    assert bench.workspace.run(run.name).state == "queued"
    executor = InlineExecutor(bench.store, bench.workspace.home)
    again = Workspace(bench.workspace.home, bench.store, executor)
    assert again.queue_paused()
    with pytest.raises(Unavailable, match="paused"):
        again.ask(["base"], "Hello", model=str(tiny("llama")))
    again.continue_queue()
    assert not again.queue_paused()
    assert again.run(run.name).state == "done"


def test_the_window_of_a_double_press_is_seconds() -> None:
    assert 1 <= queueing.DOUBLE_PRESS <= 10


def test_again_trains_on_the_version_of_the_data_that_the_run_had(bench: Any, tiny: Any) -> None:
    bench.data()
    first = bench.train(tiny("llama"), options={"rank": 2}, seed=5)
    bench.workspace.stop(first.name)
    mended = bench.workspace.drop_row("things", "train", 0)
    assert mended.id != first.dataset_id
    second = bench.workspace.again(first.name)
    assert second.id != first.id
    kept = ("dataset_id", "model", "method", "effort", "options", "seed", "template")
    assert [getattr(second, k) for k in kept] == [getattr(first, k) for k in kept]
