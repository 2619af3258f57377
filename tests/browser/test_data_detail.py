"""One dataset: a finding mended and undone, a row edited, dropped and added, a template chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from folds import unfold

pytestmark = pytest.mark.browser


@pytest.fixture
def page(look: Callable[..., Any], serve_studio: Callable[..., Any]) -> Any:
    tab = look(serve_studio())
    yield tab.open("/data?dataset=1")
    tab.assert_quiet()


def test_a_finding_is_mended_and_undone(page: Any) -> None:
    page.get_by_role("button", name="Keep each once").click()
    page.get_by_role("status").filter(has_text="Version 2. Repeated rows left out").wait_for()
    assert page.get_by_role("button", name="Keep each once").count() == 0
    page.get_by_role("link", name="Side by side").click()
    page.get_by_role("heading", name="Side by side").wait_for()
    page.get_by_text("1 row dropped, 2 changed, 1 added").wait_for()
    page.wait_for_function(
        "document.getElementById('difference').getBoundingClientRect().top < innerHeight / 2"
    )
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("status").filter(has_text="Version 1. As it was added").wait_for()
    page.get_by_role("button", name="Keep each once").wait_for()


def test_rows_are_edited_dropped_and_added(page: Any) -> None:
    page.get_by_role("button", name="Edit").first.click()
    page.get_by_role("heading", name=re.compile("Edit row 1")).wait_for()
    prompt = page.get_by_label("Prompt", exact=True)
    assert prompt.input_value().startswith("Summarize this chat.")
    prompt.fill(" ")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").filter(has_text="needs a prompt and a completion").wait_for()
    prompt.fill("Another prompt")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").filter(has_text="A row edited.").wait_for()
    page.get_by_role("button", name="Drop").first.click()
    page.get_by_role("status").filter(has_text="A row dropped.").wait_for()
    page.get_by_role("button", name="Add a row").click()
    page.get_by_role("heading", name="A new row").wait_for()
    page.get_by_label("Prompt", exact=True).fill("Who are you?")
    page.locator("#editor").get_by_label("Completion").fill("A lamp.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").filter(has_text="Version 4. A row added.").wait_for()


def test_a_template_is_chosen_and_shown(page: Any) -> None:
    unfold(page, "Change the template")
    page.get_by_label("Template", exact=True).click()
    page.get_by_role("option", name=re.compile("^Summarize")).click()
    page.get_by_text("Summarize the following text.").first.wait_for()
    page.get_by_role("button", name="Use this template").click()
    page.get_by_role("status").filter(has_text="Another prompt template").wait_for()


def test_the_rows_of_a_finding_lead_to_the_row_itself(page: Any) -> None:
    page.get_by_role("link", name="41", exact=True).first.click()
    page.locator(".card.here").get_by_text("Row 41", exact=True).wait_for()
    page.get_by_text("Page 4 of 40").wait_for()
    page.wait_for_function(
        "document.querySelector('.card.here').getBoundingClientRect().top < innerHeight"
    )
    page.get_by_role("link", name="512", exact=True).click()
    page.get_by_role("status").filter(has_text="There is no row 512 in this data").wait_for()


def test_a_delete_says_what_goes_and_can_be_thought_over(page: Any) -> None:
    page.get_by_role("button", name="Delete…").click()
    page.get_by_text(
        re.compile("This removes .* with .* rows and all 2 versions.*: 12 MB")
    ).wait_for()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("This removes").wait_for(state="hidden")
