"""Asking on a page: words grow, a press stops them, a good answer is kept as an example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from folds import unfold

pytestmark = pytest.mark.browser


def answers(page: Any) -> Any:
    return page.locator("#answers .answer")


def test_words_grow_and_a_press_stops_them(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio()
    studio.workspace.talking.loading = 1.0
    tab = look(studio)
    page = tab.open("/compare?comparison=3")
    page.get_by_role("textbox", name="Prompt").first.fill("A long story, please")
    page.get_by_role("button", name="Ask every variant").click()
    page.get_by_role("status").filter(has_text="Loading Practice model").wait_for()
    page.get_by_role("status").filter(has_text="Answering: 0 of 3 done").wait_for()
    first = answers(page).first
    first.get_by_text("and so on and so on").wait_for()
    # The box stands below the scores: what is answered comes into sight by itself.
    page.wait_for_function("document.querySelector('#answers').getBoundingClientRect().top < 760")
    before = len(first.inner_text())
    page.wait_for_timeout(1000)
    assert len(first.inner_text()) > before + 40
    page.get_by_role("button", name="Stop answering").click()
    page.get_by_role("status").filter(has_text="What was written stays").wait_for()
    stayed = first.inner_text()
    page.wait_for_timeout(1000)
    assert first.inner_text() == stayed
    assert "Not finished." in stayed
    assert "tokens in" in stayed
    page.get_by_role("button", name="Stop answering").wait_for(state="hidden")
    tab.assert_quiet()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_box_stands_below_the_scores_and_above_the_prompts(
    look: Callable[..., Any], serve_studio: Callable[..., Any], width: int
) -> None:
    page = look(serve_studio(), width=width).open("/compare?comparison=3")
    page.get_by_role("heading", name="Prompts", exact=True).wait_for()

    def top(role: str, name: str) -> float:
        return page.get_by_role(role, name=name, exact=True).bounding_box()["y"]

    scores, prompts = top("heading", "Scores"), top("heading", "Prompts")
    asked = top("heading", "Ask them something of your own")
    assert scores < asked < top("button", "Ask every variant") < prompts
    page.get_by_role("link", name="Ask them something").click()
    page.wait_for_function("document.querySelector('#ask').getBoundingClientRect().top < 200")


def test_settings_are_sent_and_told(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio()
    tab = look(studio)
    page = tab.open("/compare?comparison=3")
    page.get_by_role("textbox", name="Prompt").first.fill("What is a heron?")
    unfold(page, "How it answers")
    page.get_by_role("textbox", name="Temperature How").fill("0.7")
    page.get_by_role("textbox", name="Seed Where").fill("5")
    page.get_by_role("button", name="Ask every variant").click()
    page.get_by_text("Drawn at temperature 0.7, top-p 1, seed 5.").wait_for()
    assert studio.workspace.answers(1).settings["temperature"] == 0.7
    page.get_by_role("textbox", name="Temperature How").fill("hot")
    page.get_by_role("button", name="Ask every variant").click()
    page.get_by_role("alert").filter(has_text="which is not a number").wait_for()
    tab.assert_quiet()


def test_what_it_waits_for_is_named(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio(train_seconds=600)
    run = studio.workspace.train("house-style-sample", "lora", name="in front")
    studio.workspace.talking.behind = studio.workspace.job(run.name)
    page = look(studio).open("/use?run=4")
    page.get_by_role("textbox", name="Prompt").first.fill("Hello")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("status").filter(has_text="behind in front").wait_for()
    page.get_by_role("button", name="Stop answering").click()
    page.get_by_role("status").filter(has_text="Stopped").wait_for()


def test_a_good_answer_is_kept_after_a_change(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio()
    tab = look(studio)
    page = tab.open("/compare?comparison=3")
    page.get_by_role("textbox", name="Prompt").first.fill("What is a heron?")
    page.get_by_role("button", name="Ask every variant").click()
    page.get_by_role("button", name="Keep as an example…").nth(1).click()
    answer = page.get_by_label("Answer it should give")
    answer.wait_for()
    assert answer.input_value().startswith("An answer of house-style-lora-1")
    answer.fill("A heron is a bird.")
    page.get_by_role("button", name="Keep the example").click()
    kept = page.get_by_role("status").filter(has_text="The example is kept in")
    kept.wait_for()
    assert "version 2" in kept.inner_text()
    (row,) = studio.workspace.rows_added
    assert (row.prompt, row.references) == ("What is a heron?", ("A heron is a bird.",))
    tab.assert_quiet()
