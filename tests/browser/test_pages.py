"""Every page in Chromium: it opens, asks nobody else, fits a phone, and is fit for all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from studio.shell import PAGES

pytestmark = pytest.mark.browser

OPENED = {
    "/": "What should your model learn?",
    "/data": "Data",
    "/data?dataset=4": "Übung <b>mit</b> 表",
    "/train": "Train",
    "/train?clone=3": "Train",
    "/runs": "Runs",
    "/runs?run=7": "house-style-lora-2",
    "/runs?run=4": "house-style-lora-1",
    "/runs?run=3": "too-big-1",
    "/runs?run=5": "recall-prompt-tuning-1",
    "/compare": "Compare",
    "/compare?comparison=3": "Untuned base, house-style-lora-1 and recall-prompt-tuning-1",
    "/compare?comparison=4": "Untuned base and recall-prompt-tuning-1",
    "/compare?comparison=2": "Untuned base and house-style-lora-1",
    "/use?run=4": "Use",
}

# Colours on their way from light to dark are none that anybody reads by.
ARRIVED = """() => Promise.all(
  document.getAnimations()
    .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => null))
)"""


def serious_faults(page: Any) -> list[Any]:
    """What axe-core finds that keeps people out, with the elements at fault."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(ARRIVED)
    return [
        (v["id"], [(n["html"][:160], n.get("failureSummary", "")[:300]) for n in v["nodes"][:3]])
        for v in Axe().run(page).response["violations"]
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("path", OPENED)
def test_pages_open_without_a_word_and_are_fit_for_all(
    look: Callable[..., Any], studio: Any, path: str
) -> None:
    tab = look(studio)
    page = tab.open(path)
    assert page.get_by_role("heading", level=1).inner_text() == OPENED[path]
    page.wait_for_timeout(500)
    assert page.evaluate("window.pwned") is None
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("navigation", name="Pages of the studio").count() == 1
    named = PAGES[path.partition("?")[0]]
    assert page.title() == f"{named} · Attune", "tabs and screen readers tell pages apart by it"
    assert serious_faults(page) == []
    page.emulate_media(color_scheme="dark")
    page.locator("html.dark").wait_for(state="attached")
    assert serious_faults(page) == []
    tab.assert_quiet()


@pytest.mark.parametrize("path", PAGES)
def test_empty_pages_offer_the_next_step(
    look: Callable[..., Any], empty_studio: Any, path: str
) -> None:
    tab = look(empty_studio)
    page = tab.open(path)
    if path == "/":
        page.get_by_role("button", name="Try it with the sample").wait_for()
    else:
        page.locator(".empty a.button").wait_for()
    tab.assert_quiet()


@pytest.mark.parametrize("path", OPENED)
def test_a_dark_phone_is_fit_for_all_and_needs_no_sideways_scroll(
    look: Callable[..., Any], studio: Any, path: str
) -> None:
    page = look(studio, width=390, dark=True).open(path)
    page.wait_for_timeout(500)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    assert serious_faults(page) == []


def test_a_phone_shows_every_score_without_a_sideways_scroll(
    look: Callable[..., Any], studio: Any
) -> None:
    page = look(studio, width=390).open("/compare?comparison=3")
    page.get_by_role("heading", name="Scores", exact=True).wait_for()
    page.evaluate("document.querySelectorAll('#scores details').forEach((d) => { d.open = true; })")
    tables = page.locator("#scores .scroll")
    assert tables.count() > 2
    hidden = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).length"
    assert tables.evaluate_all(hidden) == 0
    length = tables.first.locator("tr", has_text="How long the answer is")
    for variant in ("Untuned base", "house-style-lora-1", "recall-prompt-tuning-1"):
        assert length.get_by_text(variant).is_visible(), "each line names its variant"
    pairs = tables.nth(1).get_by_role("rowheader")
    assert pairs.filter(has_text="against Untuned base").first.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not length.get_by_text("Untuned base").is_visible(), "the head of the table does"


def test_wrong_links_say_so(look: Callable[..., Any], studio: Any) -> None:
    for path in (
        "/runs?run=nobody",
        "/compare?comparison=999",
        "/compare?comparison=x",
        "/data?dataset=nothing",
        "/train?clone=none",
    ):
        tab = look(studio)
        tab.page.goto(studio.url + path)
        tab.page.get_by_role("alert").filter(has_text="There is no").wait_for()
        tab.assert_quiet()


def test_the_keyboard_reaches_the_button_and_focus_is_seen(
    look: Callable[..., Any], studio: Any
) -> None:
    page = look(studio).open("/")
    page.get_by_role("button", name="Try it with the sample").wait_for()
    names = []
    for _ in range(14):
        page.keyboard.press("Tab")
        focus = "document.activeElement"
        names.append(page.evaluate(f"({focus}.ariaLabel || {focus}.innerText || '').trim()"))
        seen = page.evaluate(f"getComputedStyle({focus}).outlineStyle")
        assert seen != "none", names[-1]
        if names[-1] == "Try it with the sample":
            break
    assert names[0] == "Skip to the page"
    assert "Runs" in names
    assert names[-1] == "Try it with the sample"


def test_dark_is_chosen_and_kept(look: Callable[..., Any], studio: Any) -> None:
    page = look(studio).open("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    button = page.get_by_role("button", name="Dark colours")
    button.click()
    assert page.evaluate(ground) != light
    page.goto(studio.url + "/runs")
    page.get_by_role("heading", level=1).wait_for()
    assert page.evaluate(ground) != light
    assert button.get_attribute("aria-pressed") == "true"


def test_values_under_the_pointer(look: Callable[..., Any], studio: Any) -> None:
    page = look(studio).open("/runs?run=4")
    plot = page.get_by_role("img", name=re.compile("training loss"))
    plot.hover()
    page.get_by_text(re.compile(r"^Step 4\d: training \d\.\d+")).wait_for()
