"""How a file is read, changed by hand and seen at once; a table that is written in the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folds import unfold
from late import late_once

pytestmark = pytest.mark.browser


def choose(page: Any, label: str, option: str) -> None:
    """An option of a list."""
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_table_is_written_in_the_page(bring: Callable[..., Any], tmp_path: Path) -> None:
    studio, tab, page = bring()
    unfold(page, "Paste text, or write a table")
    page.get_by_role("button", name="Look at this table").click()
    page.get_by_role("alert").filter(has_text="Nothing was").wait_for()
    page.get_by_role("button", name="More rows").click()
    cells = page.get_by_role("gridcell")
    cells.nth(15).wait_for()
    written = ("What is blue?", "A colour.", "What is <b>two</b>?", "A number.", "007", "null")
    written += ("What is oak?", "A tree.")
    for place, words in enumerate(written):
        cells.nth(place).dblclick()
        cell = cells.nth(place).get_by_role("textbox")
        cell.fill(words)
        cell.press("Enter")
    page.get_by_role("button", name="Look at this table").click()
    page.get_by_role("heading", name="These are your first rows").wait_for()
    page.locator("#preview").get_by_text("What is <b>two</b>?").wait_for()
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="written").wait_for()
    rows = [
        row
        for side in ("train", "validation", "test")
        for row in studio.workspace.examples("written", side)
    ]
    assert {(row.prompt, *row.references) for row in rows} == set(
        zip(written[::2], written[1::2], strict=True)
    )
    tab.assert_quiet()


def test_a_wrong_guess_of_encoding_and_separator_is_changed_and_seen(
    bring: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "paczki.csv"
    lines = [f"Proszę, gdzie jest paczka {n}?#Już jedzie, i będzie." for n in range(60)]
    file.write_bytes("\n".join(["prompt#completion", *lines]).encode("cp1250"))
    studio, tab, page = bring(file)
    refused = page.get_by_role("alert").filter(has_text="cannot be read, too many to leave out")
    refused.wait_for()  # commas were guessed, and every row has others
    separator = page.get_by_label("Cells are separated by", exact=True)
    separator.fill("#")
    separator.press("Enter")
    shown = page.locator("#preview")
    page.get_by_role("heading", name="These are your first rows").wait_for()
    refused.wait_for(state="hidden")
    for number in range(3):
        shown.get_by_text(f"Proszê, gdzie jest paczka {number}?", exact=True).wait_for()
    choose(page, "Encoding", "Windows-1250 (Central European)")
    for number in range(3):
        shown.get_by_text(f"Proszę, gdzie jest paczka {number}?", exact=True).wait_for()
    page.get_by_text("About 30 prompts of 60 will be the test.").wait_for()
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="paczki").wait_for()
    row = studio.workspace.examples("paczki")[0]
    assert row.references == ("Już jedzie, i będzie.",)
    tab.assert_quiet()


def test_a_file_with_a_byte_order_mark_is_read_otherwise_and_added(
    bring: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "excel.csv"
    rows = "".join(f"Größe {n}?;Zwei\n" for n in range(60))
    file.write_text(f"prompt;completion\n{rows}", encoding="utf-8-sig")
    studio, tab, page = bring(file)
    page.get_by_role("heading", name="These are your first rows").wait_for()
    unfold(page, "How the file is read")
    encoding = page.get_by_label("Encoding", exact=True)
    assert encoding.input_value() == "UTF-8 with a byte-order mark"
    choose(page, "The first line", "is an example")
    page.get_by_role("cell", name="completion", exact=True).wait_for()
    choose(page, "The first line", "holds the names of the columns")
    page.get_by_role("heading", name="These are your first rows").wait_for()
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="excel").wait_for()
    assert studio.workspace.dataset("excel").columns.prompt == "prompt"
    tab.assert_quiet()


def test_a_column_that_is_chosen_while_the_file_is_read_anew_does_not_undo_that(
    bring: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is one of the columns that stood there before: the reading has others."""
    file = tmp_path / "notes.csv"
    rows = "".join(f"Hello {n},Hi {n}\n" for n in range(60))
    file.write_text(f"prompt,completion\n{rows}", encoding="utf-8")
    studio, _, page = bring(file)
    page.get_by_role("heading", name="These are your first rows").wait_for()
    unfold(page, "How the file is read")
    late = late_once(monkeypatch, studio.workspace, "preview")
    late += [True, True]  # Gradio tells twice of what is chosen from a list
    choose(page, "The first line", "is an example")
    page.wait_for_timeout(500)
    choose(page, "Prompt", "completion")
    page.get_by_text("the columns are numbered here").wait_for()
    page.wait_for_timeout(1000)
    assert not late
    assert page.get_by_role("alert").count() == 0
    choose(page, "Prompt", "column 1")
    choose(page, "Completions", "column 2")
    page.get_by_role("heading", name="These are your first rows").wait_for()
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="notes").wait_for()
    prompts = [
        row.prompt
        for side in ("train", "validation", "test")
        for row in studio.workspace.examples("notes", side)
    ]
    assert "prompt" in prompts
