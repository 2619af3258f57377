"""The Runs page in a browser: the queue, curves, a note on another page, and the login."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.passwords import Passwords


def test_the_queue_is_paused_and_goes_on(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio(train_seconds=600)
    tab = look(studio)
    page = tab.open("/runs")
    page.get_by_role("button", name="Pause the queue").click()
    page.get_by_text("The queue is paused.").wait_for()
    assert studio.workspace.queue_paused()
    page.get_by_role("button", name="Let it go on").click()
    page.get_by_role("button", name="Pause the queue").wait_for()
    tab.assert_quiet()


def test_what_was_forgotten_is_one_press_away(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio(train_seconds=600)
    tab = look(studio)
    page = tab.open("/runs?run=5")
    page.get_by_role("heading", name="Inside the soft prompt").wait_for()
    page.get_by_text("The 20 vectors, and the words nearest to them").click()
    page.get_by_role("img", name="Where each of the 20 vectors began").wait_for()
    page.get_by_role("button", name="See what it forgot").click()
    page.get_by_text("Asking it and its base").wait_for()
    page.get_by_text("forgot some of what its base could do").wait_for()
    page.get_by_role("img", name="Change of word overlap (ROUGE-L)").wait_for()
    page.get_by_text("The 5 prompts where it got worst").click()
    page.get_by_role("article").first.wait_for()
    page.reload()
    page.get_by_text("forgot some of what its base could do").wait_for()
    tab.assert_quiet()


def test_ticked_curves_lie_over_one_another(look: Callable[..., Any], studio: Any) -> None:
    tab = look(studio)
    page = tab.open("/runs")
    for name in ("house-style-lora-1", "recall-prompt-tuning-1"):
        page.get_by_role("checkbox", name=f"Curve of {name}").check()
    page.get_by_role("button", name="Lay the ticked curves over one another").click()
    page.get_by_role("heading", name="Curves over one another").wait_for()
    page.get_by_role("img", name="The validation loss of 2 runs over their steps").wait_for()
    tab.assert_quiet()


def test_another_page_says_that_a_job_has_ended(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio(train_seconds=600)
    tab = look(studio)
    page = tab.open("/data")
    page.wait_for_function("sessionStorage.getItem('attune-moving')")
    (job, *_) = studio.workspace.queue()
    studio.workspace.stop_job(job.id)
    note = page.locator(".note")
    note.wait_for()
    assert "was stopped" in note.inner_text()
    note.get_by_role("link", name="Look at it").click()
    page.get_by_role("heading", level=1).wait_for()
    tab.assert_quiet()


def test_who_is_signed_out_comes_back_to_the_same_page(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio()
    Passwords(studio.workspace.home.login).set("a few words together")
    page = look(studio).page
    page.goto(studio.url + "/runs?run=4")
    page.get_by_label("Password").fill("a few words together")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="house-style-lora-1", exact=True).wait_for()
    assert page.url.endswith("/runs?run=4")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    page.goto(studio.url + "/runs")
    page.get_by_role("heading", name="Sign in").wait_for()
