"""The bar of an import, and what a share leaves for the test."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jobs import Import
from studio.parts.bringing import import_progress, share_outlook


def seen(prompts: int) -> Any:
    return SimpleNamespace(prompts=prompts, tested=lambda share: round(share * prompts))


def test_the_bar_tells_rows_and_time_and_shows_names_as_text() -> None:
    at = Import(1, "<b>x</b>", phase="Reading the rows", share=0.25, rows=12_000, seconds=10.0)
    html = import_progress(at)
    assert "&lt;b&gt;x" in html
    assert 'aria-valuenow="25"' in html
    assert "12,000 rows" in html
    assert "30 s left" in html


@pytest.mark.parametrize(
    ("prompts", "percent", "warns"), [(600, 10, False), (120, 10, True), (100, 50, False)]
)
def test_a_test_that_gets_too_small_is_told_before_it_is_made(
    prompts: int, percent: float, warns: bool
) -> None:
    html = share_outlook(seen(prompts), percent)
    assert ("Warning" in html) == warns
    assert f"of {prompts}" in html


def test_a_share_above_the_usual_says_why_and_that_it_can_be_changed() -> None:
    html = share_outlook(seen(120), 45)
    assert "About 54 prompts of 120 will be the test. So large a part, because" in html
    assert "fewer than 50" in html
    assert "You can change it above" in html
    assert "because" not in share_outlook(seen(600), 10)


def test_at_the_largest_share_more_examples_are_the_cure() -> None:
    assert "Keep more back" in share_outlook(seen(40), 20)
    assert "More examples would help" in share_outlook(seen(40), 50)


def test_nothing_is_said_of_what_is_not_known() -> None:
    assert share_outlook(None, 10) == ""
    assert "test file of your own" in share_outlook(seen(600), 10, own_file=True)
