"""Judging blind: arrow keys, undo, names only afterwards; and prompts found by their address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jobs import Duel

pytestmark = pytest.mark.browser


def judging(tab: Any) -> Any:
    """The page of a blind vote with two answers."""
    page = tab.open("/vote?comparison=3")
    page.get_by_role("article", name="Left answer").wait_for()
    return page


def until(page: Any, holds: Callable[[], bool]) -> None:
    """Wait for what the server did, which the page does not show."""
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("It did not come to hold within half a minute.")


def test_arrow_keys_vote_and_names_come_afterwards(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio()
    tab = look(studio)
    page = judging(tab)
    assert "house-style-lora-1" not in page.content()  # whose answer it is, is nowhere in the page
    for number, key in enumerate(("ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp"), 1):
        page.keyboard.press(key)
        page.get_by_text(f"{number} vote{'s' if number > 1 else ''} of yours").wait_for()
    assert [vote.choice for vote in studio.workspace.given] == ["left", "right", "tie", "bad"]
    page.keyboard.press("u")
    page.get_by_text("3 votes of yours").wait_for()
    page.get_by_role("button", name="Show the result").click()
    page.get_by_role("heading", name="What the votes say").wait_for()
    page.get_by_role("rowheader").filter(has_text="against Untuned base").first.wait_for()
    tab.assert_quiet()


def test_a_key_counts_from_the_moment_that_answers_are_seen(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    """Parts of a page that come up together are there one after another."""
    studio = serve_studio()
    tab = look(studio)
    tab.page.add_init_script("""
      new MutationObserver((_, watch) => {
        if (!document.querySelector("#duel article")) return;
        watch.disconnect();
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "u", bubbles: true }));
        document.body.dispatchEvent(
          new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true })
        );
      }).observe(document, { childList: true, subtree: true });
    """)
    tab.open("/vote?comparison=3").get_by_text("1 vote of yours").wait_for()
    assert [vote.choice for vote in studio.workspace.given] == ["left"]
    tab.assert_quiet()


def test_where_nothing_is_to_be_judged_no_button_offers_it(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    tab = look(serve_studio())
    tab.page.goto(f"{tab.home}/vote")
    content = tab.page.locator("#content")
    content.get_by_text("The address names no comparison.").wait_for()
    assert content.get_by_role("button").all_inner_texts() == ["×"]
    assert content.get_by_role("textbox").count() == 0


def test_on_a_phone_the_answers_come_before_the_name(
    look: Callable[..., Any], serve_studio: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the ballot, which stays in sight, lies over the second answer."""
    studio = serve_studio()
    short = Duel(1, "base", "house-style-lora-1", 0, 240)  # else it is drawn by lot
    monkeypatch.setattr(studio.workspace, "duel", lambda *asked: short)
    page = judging(look(studio, width=390))
    right = page.get_by_role("article", name="Right answer").bounding_box()
    assert right["y"] < page.get_by_role("button", name="Left is better").bounding_box()["y"]
    assert right["y"] < page.get_by_role("textbox", name="Your name").bounding_box()["y"]


def test_who_comes_back_votes_under_the_same_name(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio()
    tab = look(studio)
    page = judging(tab)
    page.keyboard.press("ArrowLeft")
    page.get_by_text("1 vote of yours").wait_for()
    name = page.get_by_role("textbox", name="Your name")
    name.fill("Anna")
    name.press("Enter")
    until(page, lambda: [vote.voter for vote in studio.workspace.given] == ["Anna"])
    page.get_by_role("button", name="Both bad").click()
    page.get_by_text("2 votes of yours").wait_for()
    page = tab.open("/compare?comparison=3")
    page.get_by_role("link", name="Judge blind").click()
    page.get_by_text("2 votes of yours").wait_for()
    assert name.input_value() == "Anna"
    page.get_by_role("button", name="Equally good").click()
    page.get_by_text("3 votes of yours").wait_for()
    assert {vote.voter for vote in studio.workspace.given} == {"Anna"}
    tab.assert_quiet()


def test_a_vote_that_takes_the_focus_from_the_name_is_on_what_is_seen(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    """Pressing a button leaves the field: the name and the vote are sent at once."""
    studio = serve_studio()
    tab = look(studio)
    page = judging(tab)
    result = studio.workspace.result(3)
    for number, name in enumerate(("Anna", "Bert", "Carla"), 1):
        seen = page.get_by_role("article", name="Left answer").locator("p").inner_text()
        page.get_by_role("textbox", name="Your name").fill(name)
        page.get_by_role("button", name="Left is better").click()
        until(page, lambda number=number: len(studio.workspace.given) == number)
        vote = studio.workspace.given[-1]
        assert vote.voter == name
        assert result.examples[vote.position].completions[vote.left].text.strip() == seen.strip()
        page.get_by_text("1 vote of yours").wait_for()
        page.wait_for_timeout(1000)  # both answers are there
    tab.assert_quiet()


def test_where_it_got_worse_and_a_search_are_addresses(
    look: Callable[..., Any], studio: Any
) -> None:
    tab = look(studio)
    page = tab.open("/compare?comparison=3")
    page.get_by_role("link", name="Where did it get worse?").click()
    page.locator(".tabs [aria-current]", has_text="Largest loss").wait_for()
    page.get_by_role("searchbox").fill("Ghent")
    page.get_by_role("button", name="Search").click()
    page.get_by_text("prompts with “Ghent”").wait_for()
    assert "find=Ghent" in page.url
    assert "sort=loss" in page.url
    page.reload()
    page.get_by_text("prompts with “Ghent”").wait_for()
    tab.assert_quiet()
