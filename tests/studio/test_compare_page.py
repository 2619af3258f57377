"""The compare page's form in a home with very many runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from studio.pages.compare_form import OFFERED, PER_PAGE
from studio.server import create_app


@pytest.fixture
def many(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A thousand runs that can answer, and a hundred comparisons."""
    done = next(run for run in workspace.runs() if run.state == "done")
    runs = [replace(done, id=5000 - n, name=f"night-{5000 - n}") for n in range(1000)]
    monkeypatch.setattr(workspace, "runs", lambda limit=None, offset=0, **_: runs[offset:][:limit])
    (compared, *_) = workspace.comparisons()
    listed = [replace(compared, id=100 - n) for n in range(100)]
    monkeypatch.setattr(
        workspace, "comparisons", lambda limit=None, offset=0: listed[offset:][:limit]
    )
    return workspace


def test_of_many_runs_the_newest_are_offered(caller: Callable[..., Any], many: Any) -> None:
    shown = caller(many, "/compare")("load")
    offered = [value for _, value in shown["variants"]["choices"]]
    assert offered == [
        "base",
        "base@4bit",
        "base+3",
        *(f"night-{5000 - n}" for n in range(OFFERED)),
    ]
    assert shown["variants"]["value"] == ["base", "night-5000"]
    assert shown["find"]["visible"] is True
    assert shown["comparisons"].count("<li>") == PER_PAGE
    assert "Page 1 of 5" in shown["comparisons"]


def test_an_older_run_is_found_by_its_name_and_what_is_ticked_stays(
    caller: Callable[..., Any], many: Any
) -> None:
    call = caller(many, "/compare")
    data = call("load")["data"]["value"]
    shown = call("input", on="find", data=["night 4007", data, ["base", "night-4990"]])
    offered = [value for _, value in shown["variants"]["choices"]]
    assert offered == ["base", "base@4bit", "base+3", "night-4990", "night-4007"]
    assert shown["variants"]["value"] == ["base", "night-4990"]


def test_the_list_of_comparisons_has_pages(caller: Callable[..., Any], many: Any) -> None:
    shown = caller(many, "/compare")("load", "?page=5")
    assert "comparison=20" in shown["comparisons"]
    assert "comparison=21" not in shown["comparisons"]


def test_what_a_compared_run_forgot_is_one_press_away(
    caller: Callable[..., Any], workspace: Any
) -> None:
    call = caller(workspace, "/compare")
    shown = call("load", "?comparison=3")["forgotten-here"]
    assert "forgot some of what its base could do" in shown, "one was asked long ago"
    name = next(r.name for r in workspace.runs() if r.id == 5)
    run = workspace.run(name)
    assert f'data-do="?forget={run.id}"' in shown
    assert name not in workspace.looked
    pressed = {"search": f"?forget={run.id}"}
    shown = call("click", "?comparison=3", pressed, on="forgotten-here")["forgotten-here"]
    assert name in workspace.looked
    assert "data-do" not in shown
    assert "progressbar" in shown
    workspace.looked[name] -= 60  # it has been answered
    shown = call("load", "?comparison=3")["forgotten-here"]
    assert "progressbar" not in shown
    assert f"/runs?run={run.id}#forgotten" in shown


def test_a_press_asks_nothing_of_a_run_that_is_not_compared(
    caller: Callable[..., Any], workspace: Any
) -> None:
    call = caller(workspace, "/compare")
    other = next(r for r in workspace.runs() if r.name not in workspace.comparison(3).variants)
    call("click", "?comparison=3", {"search": f"?forget={other.id}"}, on="forgotten-here")
    call("click", "?comparison=3", {"search": "?forget=x"}, on="forgotten-here")
    assert not workspace.looked


def test_few_runs_need_no_search(caller: Callable[..., Any], workspace: Any) -> None:
    assert caller(workspace, "/compare")("load")["find"]["visible"] is False


def test_the_use_page_lists_the_newest_and_the_one_that_is_asked_for(
    caller: Callable[..., Any], many: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = many.runs()[-1]
    monkeypatch.setattr(many, "run_by_id", lambda number: old)
    shown = caller(many, "/use")("load", f"?run={old.id}")
    names = [value for _, value in shown["which"]["choices"]]
    assert len(names) == 51
    assert shown["which"]["value"] == names[0] == old.name


def test_an_earlier_question_is_shown_again(caller: Callable[..., Any], workspace: Any) -> None:
    """Asked here or on the Use page, by this tab or another."""
    call = caller(workspace, "/compare")
    assert call("load", "?comparison=3")["asked-before"] == ""
    number = workspace.ask(["base", "house-style-lora-1"], "What is a heron?")
    workspace.talking.pace = 1e6
    workspace.talking.loading = 0.0
    assert f"?asked={number}" in call("load", "?comparison=3")["asked-before"]
    shown = call("click", told={"search": f"?asked={number}"}, on="asked-before")
    assert "An answer of base to: What is a heron?" in shown["answers"]
    assert "Keep as an example" in shown["answers"]
    assert "There is no" in call("click", told={"search": "?asked=99"}, on="asked-before")["notice"]


def test_a_variant_is_explained_where_the_word_first_stands(workspace: Any) -> None:
    page = TestClient(create_app(workspace), base_url="http://127.0.0.1:7860").get("/compare").text
    before, said, after = page.partition("A variant is what can answer: the base, which is the")
    assert said
    assert "very variant" not in before
    assert "Every variant, the base and each run, answers" in after


def test_what_people_chose_blind_stands_below_the_scores(
    caller: Callable[..., Any], workspace: Any
) -> None:
    call = caller(workspace, "/compare")
    assert "What the votes say" not in call("load", "?comparison=3")["scores"]
    duel = workspace.duel(3, "Anna")
    workspace.vote(3, "Anna", duel.position, duel.left, duel.right, "left")
    assert "What the votes say" in call("load", "?comparison=3")["scores"]
