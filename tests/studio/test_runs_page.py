"""The runs page's handlers as a browser calls them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from jobs import NotFound, Unavailable
from jobs.home import Home
from studio.pages.queue_view import queue_view
from studio.pages.run_view import run_about
from studio.parts.text import esc
from studio.removal import run_goes


@pytest.fixture
def home(tmp_path: Any) -> Home:
    return Home(tmp_path / "home").make()


@pytest.fixture
def fake(fakes: Any, home: Home) -> Any:
    return fakes.FakeWorkspace(home, train_seconds=6000)  # nothing moves by itself


@pytest.fixture
def call(caller: Callable[..., Any], fake: Any) -> Callable[..., dict[str, Any]]:
    return caller(fake, "/runs")


def test_the_list_has_queue_and_history(call: Any) -> None:
    shown = call("load")
    assert "<h1>Runs</h1>" in shown["runs"]
    assert "Pause the queue" in shown["queue"]
    assert "Train again" in shown["history"]
    assert re.search(r"\d+(\.\d)? MB", shown["history"]), "what a run takes of the disk"


def test_the_end_of_a_run_leads_to_its_use(
    call: Any, fake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = call("load", "?run=4")["live"]
    assert '">See the prompts</a><a class="button" href="/use?run=4">Use it</a>' in str(ended)
    monkeypatch.setattr(fake, "comparison_of", lambda name: None)
    not_compared = str(call("load", "?run=5")["live"])
    assert '">Compare with the base</a><a class="button" href="/use?run=5">' in not_compared
    for number in (1, 3, 7):
        assert "/use?run" not in str(call("load", f"?run={number}")["live"])


def test_an_option_is_called_what_the_form_calls_it(fake: Any) -> None:
    options = {"max_length": 256, "warmup_share": 0.1, "of another release": 1}
    shown = run_about(replace(fake.run_by_id(4), options=options))
    for called in ("Longest example", "Warm-up", "of another release"):
        assert f"<dt>{called}</dt>" in shown


def test_a_forecast_of_a_whole_run_is_held_against_no_part_of_one(fake: Any) -> None:
    done = fake.run_by_id(4)
    assert "<dt>Took</dt><dd>31 s (forecast 34 s)</dd>" in run_about(done)
    for state in ("running", "stopped", "interrupted", "failed"):
        shown = run_about(replace(done, state=state))
        assert "<dt>Took so far</dt><dd>31 s</dd>" in shown
        assert "(forecast 1.3 GB)" in shown, "its highest memory it mostly has at once"
    guessed = replace(done, forecast={"seconds": None, "peak_memory": None})
    assert "<dt>Took</dt><dd>31 s</dd>" in run_about(guessed)
    assert "Took" not in run_about(fake.run_by_id(7))


def test_a_look_that_finds_nothing_new_draws_nothing_anew(call: Any) -> None:
    call("load")
    shown = call("tick")
    for part in ("history", "runs", "run", "live"):
        assert "value" not in shown[part]


def test_a_look_that_finds_nothing_new_does_not_walk_through_the_folder(
    call: Any, fake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks: list[str] = []
    taken = fake.taken
    monkeypatch.setattr(fake, "taken", lambda run: walks.append(run.name) or taken(run))
    fake.stop_job(fake.job(fake.run_by_id(7).name).id)  # at rest: it looks the same at every look
    call("load", "?run=7")
    assert len(walks) == 1
    for _ in range(3):
        call("tick", "?run=7")
    assert len(walks) == 1


def test_stop_says_on_itself_that_it_was_heard(
    call: Any, fake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said of it above may have been scrolled out of sight."""
    before = call("load", "?run=7")["stop"]
    assert (before["value"], before["interactive"], before["visible"]) == ("Stop", True, True)
    job = replace(fake.job(fake.run_by_id(7).name), stop_requested=True)
    monkeypatch.setattr(fake, "job", lambda name: job)
    after = call("load", "?run=7")["stop"]
    assert (after["value"], after["interactive"]) == ("Stopping…", False)
    assert call("load", "?run=4")["stop"]["visible"] is False


@pytest.mark.parametrize(
    ("error", "said", "goes_on"),
    [
        (Unavailable("The database is locked.", "Close what has it open."), "is locked", True),
        (NotFound("There is no such run.", "Look at the list."), "no such run", False),
        (ZeroDivisionError("one by none"), "ZeroDivisionError", False),
    ],
)
def test_a_look_that_fails_says_so(
    call: Any,
    fake: Any,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    said: str,
    goes_on: bool,
) -> None:
    """Also where nobody foresaw it; only what passes is looked at again."""
    call("load")

    def queue() -> list[Any]:
        raise error

    monkeypatch.setattr(fake, "queue", queue)
    shown = call("tick")
    assert said in shown["notice"]
    assert (shown["clock"].get("active") is False) != goes_on


def test_a_run_with_a_soft_prompt_shows_what_is_inside(call: Any, fake: Any) -> None:
    shown = call("load", "?run=5")["inside"]
    assert "Inside the soft prompt" in shown
    assert "lie far from every word" in shown
    assert shown.count('class="end"') == shown.count('class="way"') == 20
    assert "keeps 43% of how they differ" in shown
    assert "<script" not in shown
    assert not call("load", "?run=4")["inside"], "other methods have none"
    assert not call("load", "?run=6")["inside"], "one that waits has none yet"


def test_inside_a_soft_prompt_is_folded_below_its_sentence(call: Any, fake: Any) -> None:
    found = fake.soft_prompt("recall-prompt-tuning-1")
    shown = call("load", "?run=5")["inside"]
    open_, _, folded = shown.partition('<details class="more"><summary>')
    assert esc(found.sentence) in open_
    assert "<table" not in open_
    assert "far from every word" not in open_, "it warns of the words, which are folded"
    assert shown.count("<details") == 1
    assert folded.count('<tr><th scope="row">') == len(found.tokens)
    assert folded.index("far from every word") < folded.index("<table")


def test_a_run_of_before_says_how_to_get_it(call: Any, fake: Any, monkeypatch: Any) -> None:
    def refuse(name: str) -> None:
        raise Unavailable("This run was trained before.", "Train it again.")

    monkeypatch.setattr(fake, "soft_prompt", refuse)
    shown = call("load", "?run=5")["inside"]
    assert "trained before. <" in shown or "Train it again." in shown


def test_what_was_forgotten_is_said_shown_and_named(call: Any) -> None:
    shown = call("load", "?run=4")["forgotten"]
    assert "forgot some of what its base could do" in shown
    assert "Worse in 3 of 12 tasks" in shown
    assert shown.count('class="dot circle"') == 13
    assert "<script" not in shown
    assert "The 5 prompts where it got worst" in shown
    assert shown.count('class="task quiet"') + shown.count('class="quiet task"') == 5


def test_what_was_forgotten_is_asked_by_a_press(call: Any, fake: Any) -> None:
    assert "verdict" not in call("load", "?run=5")["forgotten"]
    shown = call("click", "?run=5", on="see-forgotten")
    assert fake.looked.keys() == {"recall-prompt-tuning-1"}
    assert "Asking it and its base" in shown["forgotten"]


def test_pausing_and_going_on(call: Any, fake: Any) -> None:
    call("load")
    shown = call("click", told={"act": "pause", "on": 0}, on="queue")
    assert fake.queue_paused()
    assert "The queue is paused" in shown["queue"]
    shown = call("click", told={"act": "continue", "on": 0}, on="queue")
    assert not fake.queue_paused()
    assert "Pause the queue" in shown["queue"]


def test_any_job_of_the_queue_can_be_stopped(call: Any, fake: Any) -> None:
    for job in fake.queue():
        call("click", told={"act": "stop", "on": job.id}, on="queue")
    assert fake.queue() == []


def test_a_waiting_job_changes_its_place(call: Any, fake: Any) -> None:
    for _ in range(3):
        fake.train(fake.datasets()[0].name, "lora", compare=False)
    waiting = [job.id for job in fake.queue() if job.state == "queued"]
    call("click", told={"act": "up", "on": waiting[-1]}, on="queue")
    assert [job.id for job in fake.queue() if job.state == "queued"].index(waiting[-1]) == len(
        waiting
    ) - 2


@pytest.mark.parametrize(
    "told", [None, {}, {"act": "drop tables"}, {"act": "stop"}, {"act": "stop", "on": "x"}]
)
def test_a_press_that_no_button_makes_changes_nothing(call: Any, fake: Any, told: Any) -> None:
    before = fake.queue()
    call("click", told=told, on="queue")
    assert [job.id for job in fake.queue()] == [job.id for job in before]


def test_again_from_the_history(call: Any, fake: Any) -> None:
    count = fake.count_runs()
    shown = call("click", told={"act": "again", "on": 4}, on="history")
    assert fake.count_runs() == count + 1
    assert shown["mover"] == f"/runs?run={fake.runs()[0].id}"


def test_a_run_says_where_it_stands(call: Any) -> None:
    shown = call("load", "?run=7")
    for step in ("Train", "Answer", "Judge"):
        assert f"<strong>{step}<" in shown["live"]
    assert "steps" in shown["live"]
    assert "of memory now" in shown["live"]


@pytest.mark.parametrize(
    ("effort", "asked"),
    [("thorough", "as the thorough effort asks"), ("quick", "as its option Early stopping asks")],
)
def test_a_run_that_stopped_early_says_so_and_why(
    call: Any, fake: Any, monkeypatch: pytest.MonkeyPatch, effort: str, asked: str
) -> None:
    whole = fake.run_by_id(4)
    assert "stopped early" not in str(call("load", "?run=4")).lower()
    early = replace(
        whole,
        step=57,
        effort=effort,
        options={**whole.options, "early_stopping": 3},
        result={**whole.result, "step": 57, "best_step": 30},
    )
    monkeypatch.setattr(fake, "run_by_id", lambda number: early)
    shown = call("load", "?run=4")
    steps = "Done in 31 s. It stopped early: the validation loss no longer fell."
    assert steps in shown["live"]
    assert f"Stopped early, after 57 of 90 steps, {asked}: the validation loss" in shown["live"]
    assert "did not get lower in 3 checks." in shown["live"]
    assert "<dt>Steps</dt><dd>57 of 90, stopped early; best at 30</dd>" in shown["about"]
    told = replace(early, state="stopped")
    assert "stopped early" not in run_about(told)


def test_a_bookmark_to_a_deleted_run_leads_back(call: Any) -> None:
    shown = call("load", "?run=999")
    assert "There is no run" in shown["notice"]
    assert "<h1>Runs</h1>" in shown["runs"]
    assert "Train again" in shown["history"]


def test_several_curves_lie_over_one_another(call: Any) -> None:
    shown = call("load", "?curves=7&curves=4&curves=4&curves=x&curves=999")
    assert shown["runs"].count("<polyline") == 2
    assert "house-style-lora-1" in shown["runs"]
    assert "<polyline" not in call("load", "?curves=999")["runs"]


def test_a_delete_says_what_goes(fake: Any) -> None:
    run = fake.run_by_id(4)
    said = run_goes(run, fake.removal(run.name))
    assert "house-style-lora-1" in said
    assert "2 checkpoints" in said
    assert "MB" in said
    named = [c for c in fake.comparisons() if "house-style-lora-1" in c.variants]
    assert len(named) > 1
    assert f"{len(named)} comparisons name it" in said


def test_a_long_queue_is_cut_and_says_so(fake: Any) -> None:
    (job, *_) = fake.queue()
    shown = queue_view(fake, [job] * 200)
    assert shown.count("<li") == 31
    assert "170 more" in shown


@pytest.fixture
def trained(fake: Any) -> Any:
    """A run that can be asked what it forgot, and was not."""
    return next(r for r in fake.runs() if r.state == "done" and not fake.forgettings(r.name))


def test_a_look_at_what_was_forgotten_takes_no_more_prompts_than_are_wanted(
    call: Any, fake: Any, trained: Any
) -> None:
    shown = call("load", f"?run={trained.id}")
    assert shown["see-forgotten"]["value"] == "See what it forgot"
    assert shown["forget-limit"]["visible"] is True
    for wrong in ("many", "-3", "1.5", "9" * 400):
        told = call("click", f"?run={trained.id}", on="see-forgotten", data=["", wrong])
        assert "is not a number of prompts" in told["notice"]
    assert trained.name not in fake.looked
    data = fake.datasets()[0].spec
    shown = call("click", f"?run={trained.id}", on="see-forgotten", data=[data, " 60 "])
    assert fake.looked_by[trained.name] == (data, 60)
    assert shown["forget-limit"]["visible"] is False


def test_a_look_without_a_limit_asks_all(call: Any, fake: Any, trained: Any) -> None:
    call("click", f"?run={trained.id}", on="see-forgotten", data=["", None])
    assert fake.looked_by[trained.name] == (None, None)


def test_a_look_that_was_stopped_goes_on_with_the_prompts_it_had(
    call: Any, fake: Any, trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = fake.datasets()[0].spec
    fake.forget(trained.name, data=data, limit=60)
    fake.broken_off.add(trained.name)
    shown = call("load", f"?run={trained.id}")
    assert shown["see-forgotten"]["value"] == "Go on"
    assert shown["forget-limit"]["visible"] is False
    asked: list[Any] = []
    monkeypatch.setattr(fake, "forget", lambda name, **how: asked.append(how))
    call("click", f"?run={trained.id}", on="see-forgotten", data=["", ""])
    assert asked == [{"data": data, "limit": 60}]


def test_a_run_tells_of_itself_where_the_verdict_leads_with_another(call: Any, fake: Any) -> None:
    both = fake.comparison(3)
    assert {fake.run_by_id(4).name, fake.run_by_id(5).name} <= set(both.variants)
    fake.comparison_of = lambda run_name: both
    assert "“house-style-lora-1” is better" in call("load", "?run=4")["live"]
    shown = call("load", "?run=5")["live"]
    assert "is better than the base" not in shown
    assert "No difference to be seen for “recall-prompt-tuning-1”." in shown
    assert 'class="verdict unclear"' in shown
    assert "/compare?comparison=3" in shown
