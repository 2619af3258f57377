"""Bringing examples in: what is looked at, confirmed and told before anything is added."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folds import unfold
from late import late_once

from jobs import Workspace
from jobs.data import Progress
from studio.pages import template_picker

pytestmark = pytest.mark.browser


def test_the_words_around_prompts_follow_the_columns_that_are_chosen_later(
    look: Callable[..., Any], serve: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "three.csv"
    file.write_text("Nummer,Anliegen,Text\n" + "1,thing,more\n" * 60, encoding="utf-8")
    page = look(serve(Workspace.open(tmp_path / "home"))).open("/data")
    page.locator("#file input[type=file]").set_input_files(file)
    rows = page.get_by_role("region", name="The first rows of the file")
    rows.get_by_role("cell", name="thing").first.wait_for()
    unfold(page, "Words around every prompt")
    early = page.get_by_text("Choose the columns first")
    early.wait_for()
    for label, column in (("Prompt", "Anliegen"), ("Completions", "Text")):
        page.get_by_label(label, exact=True).click()
        page.get_by_role("option", name=column, exact=True).click()
    early.wait_for(state="detached")
    read = page.locator("pre").filter(has_text="thing").first
    read.wait_for()
    unfold(page, "Paste text, or write a table")
    page.get_by_label("Text to look at").fill("prompt,completion\nbook,page\nbooks,pages\n")
    page.get_by_role("button", name="Look at this text").click()
    read.wait_for(state="hidden")  # another file begins anew, with the fold closed
    unfold(page, "Words around every prompt")
    page.locator("pre").filter(has_text="book").first.wait_for()


def test_a_question_does_not_move_what_is_being_pressed(bring: Callable[..., Any]) -> None:
    """It comes into sight a moment after the form; a press that takes longer would be lost."""
    _, tab, page = bring()
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"Nummer,Text\n" + b"1,a\n" * 60}
    page.evaluate("""() => new MutationObserver((_, watch) => {
      const fold = [...document.querySelectorAll('#confirm button')]
        .find((one) => one.checkVisibility() && one.innerText.includes('Words around'));
      if (!fold) return;
      watch.disconnect();
      fold.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    }).observe(document, { childList: true, subtree: true, attributes: true })""")
    page.locator("#file input[type=file]").set_input_files(file)
    page.get_by_role("region", name="The first rows of the file").wait_for()
    page.wait_for_timeout(600)
    assert page.evaluate("window.scrollY") == 0
    tab.assert_quiet()


def chats(tab: Any, folder: Path) -> Any:
    """The Data page with a small file that was looked at."""
    file = folder / "chats.csv"
    file.write_text("ticket,summary\nHello,Hi\n", encoding="utf-8")
    page = tab.open("/data")
    page.locator("#file input[type=file]").set_input_files(file)
    page.get_by_role("heading", name="These are your first rows").wait_for()
    return page


@pytest.mark.parametrize("late", ["what opened it", "an earlier text"])
def test_a_preview_that_comes_late_does_not_hide_what_is_wrong(
    look: Callable[..., Any],
    serve_studio: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    late: str,
) -> None:
    """Each question is answered by itself, and the newest one not always last."""
    waits = late_once(monkeypatch, template_picker, "reading_view")
    page = chats(look(serve_studio()), tmp_path)
    if late == "what opened it":
        waits.append(True)
    unfold(page, "Words around every prompt")
    words = page.get_by_label("Its text")
    if late == "an earlier text":
        page.locator("pre").first.wait_for()
        waits.append(True)
        words.fill("Early: {prompt}")
        words.blur()
        page.wait_for_timeout(500)
    words.fill("No place for it")
    words.blur()
    wrong = page.get_by_role("alert").filter(has_text="The template holds no {prompt}")
    wrong.wait_for()
    page.wait_for_timeout(4000)
    assert not waits
    assert wrong.is_visible()


def test_a_model_that_is_chosen_while_a_template_is_seen_is_seen_too(
    look: Callable[..., Any],
    serve_studio: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = late_once(monkeypatch, template_picker, "reading_view")
    page = chats(look(serve_studio()), tmp_path)
    unfold(page, "Words around every prompt")
    page.locator("pre").first.wait_for()
    late += [True, True]  # Gradio tells twice of what is chosen from a list
    page.get_by_label("Template", exact=True).click()
    page.get_by_role("option", name=re.compile("^Summarize")).click()
    page.wait_for_timeout(500)
    model = page.get_by_label("As this model reads it")
    model.fill("some/chat-model")
    model.press("Enter")
    reads = page.locator("pre").filter(has_text="<|assistant|>").first
    reads.wait_for()
    page.wait_for_timeout(4000)
    assert reads.is_visible()
    text, template = page.get_by_label("Its text"), page.get_by_label("Template", exact=True)
    assert text.input_value().startswith("Summarize the following text")
    template.click()
    page.get_by_role("option", name="Your own words").click()
    page.wait_for_timeout(1000)
    assert template.input_value() == "Your own words", "until the text is a known one’s anew"
    assert text.input_value().startswith("Summarize the following text")


def test_columns_that_are_chosen_while_the_first_preview_is_on_its_way_are_seen(
    bring: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = late_once(monkeypatch, template_picker, "reading_view")
    file = tmp_path / "animals.csv"
    rows = "".join(f"Hello {n},Hi {n},Zebra {n}\n" for n in range(60))
    file.write_text(f"prompt,completion,animal\n{rows}", encoding="utf-8")
    _, _, page = bring(file)
    page.get_by_role("heading", name="These are your first rows").wait_for()
    late.append(True)
    unfold(page, "Words around every prompt")
    page.wait_for_timeout(500)
    page.get_by_label("Prompt", exact=True).click()
    page.get_by_role("option", name="animal", exact=True).click()
    read = page.locator("pre").filter(has_text="Zebra").first
    read.wait_for()
    page.wait_for_timeout(4000)
    assert not late
    assert read.is_visible()


def test_a_template_is_chosen_and_seen_before_the_file_is_added(
    look: Callable[..., Any], serve_studio: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "chats.csv"
    file.write_text("ticket,summary\nHello,Hi\n", encoding="utf-8")
    studio = serve_studio()
    tab = look(studio)
    page = tab.open("/data")
    page.locator("#file input[type=file]").set_input_files(file)
    page.get_by_role("heading", name="These are your first rows").wait_for()
    unfold(page, "Words around every prompt")
    reads = page.locator("pre")
    reads.filter(has_text=re.compile("^Summarize this chat")).first.wait_for()
    page.get_by_label("Template", exact=True).click()
    page.get_by_role("option", name=re.compile("^Summarize")).click()
    reads.filter(has_text=re.compile("^Summarize the following text")).first.wait_for()
    words = page.get_by_label("Its text")
    words.fill("No place for it")
    words.blur()
    page.get_by_role("alert").filter(has_text="The template holds no {prompt}").wait_for()
    words.fill("In short: {prompt}")
    words.blur()
    reads.filter(has_text=re.compile("^In short: Summarize this chat")).first.wait_for()
    model = page.get_by_label("As this model reads it")
    model.fill("some/chat-model")
    model.press("Enter")
    reads.filter(has_text="<|assistant|>").first.wait_for()
    page.get_by_text("The model’s own chat template comes around that").wait_for()
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="chats").wait_for()
    assert studio.workspace.dataset("chats").template == "In short: {prompt}"
    tab.assert_quiet()


def test_a_data_set_of_the_hub_is_fetched_part_by_part_and_added(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio()
    tab = look(studio)
    page = tab.open("/data")
    unfold(page, "A data set of the Hugging Face Hub")
    name = page.get_by_label("Its name")
    fetch = page.get_by_role("button", name="Fetch and look at it")
    fetch.click()
    page.get_by_role("alert").filter(has_text="No data set is named").wait_for()
    name.fill("private/data")
    fetch.click()
    page.get_by_role("alert").filter(has_text="has no data set “private/data”").wait_for()
    name.fill("somebody/questions")
    fetch.click()
    page.get_by_role("heading", name="These are your first rows").wait_for()
    assert page.get_by_label("Prompt", exact=True).input_value() == "train question"
    part = page.get_by_label("Part", exact=True)
    part.click()
    page.get_by_role("option", name="test", exact=True).click()
    page.wait_for_function(
        "[...document.querySelectorAll('input')].some((e) => e.value === 'test question')"
    )
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="questions").wait_for()
    assert studio.workspace.dataset("questions").source == "somebody/questions, test, 0123abc"
    tab.assert_quiet()


def test_text_that_is_pasted_is_looked_at_and_added(bring: Callable[..., Any]) -> None:
    studio, tab, page = bring()
    unfold(page, "Paste text, or write a table")
    page.get_by_role("button", name="Look at this text").click()
    page.get_by_role("alert").filter(has_text="Paste").first.wait_for()  # nothing was pasted
    lines = [f"What comes after <b>{n}</b>?;It is {n + 1}." for n in range(4)]
    page.get_by_label("Text to look at").fill("\n".join(["prompt;completion", *lines]))
    page.get_by_role("button", name="Look at this text").click()
    page.get_by_role("heading", name="These are your first rows").wait_for()
    page.get_by_text("What comes after <b>0</b>?").first.wait_for()  # shown as text
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="pasted").wait_for()
    assert sum(studio.workspace.dataset("pasted").counts.values()) == 4
    tab.assert_quiet()


def _pasted(field: Any, text: str) -> None:
    """As `fill`, which types line by line: Chromium takes 10 s for 2,000 of them."""
    field.evaluate("(field, text) => { field.value = text; }", text)
    field.dispatch_event("input")


def test_another_text_says_anew_how_many_of_it_are_kept(bring: Callable[..., Any]) -> None:
    _, tab, page = bring()
    unfold(page, "Paste text, or write a table")
    for rows, kept in (
        (1000, "About 100 prompts of 1,000 will be the test."),
        (2000, "About 200 prompts of 2,000 will be the test."),  # the same share of another text
    ):
        lines = [f"What is {n}?;It is {n}." for n in range(rows)]
        _pasted(page.get_by_label("Text to look at"), "\n".join(["prompt;completion", *lines]))
        page.get_by_role("button", name="Look at this text").click()
        page.get_by_text(kept).wait_for()
    tab.assert_quiet()


def test_an_import_shows_how_far_it_is_and_is_cancelled(
    bring: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def endless(*_: Any, progress: Callable[[Progress], None], **__: Any) -> None:
        while True:
            progress(Progress("Reading the rows", 0.3, 12_345))
            time.sleep(0.05)

    monkeypatch.setattr("jobs.workspace.importing.import_dataset", endless)
    file = tmp_path / "many.csv"
    file.write_text("prompt,completion\n" + "".join(f"p{n},c{n}\n" for n in range(9)))
    studio, tab, page = bring(file)
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_text("12,345").first.wait_for()
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_text("The import was cancelled. Nothing of it was kept.").wait_for()
    assert studio.workspace.datasets() == []
    tab.assert_quiet()


def test_a_few_lines_that_cannot_be_read_are_left_out_by_one_press(
    bring: Callable[..., Any], tmp_path: Path
) -> None:
    lines = [f'{{"prompt": "What is {n}?", "completion": "It is {n}."}}' for n in range(40)]
    file, own = tmp_path / "broken.jsonl", tmp_path / "own.jsonl"
    file.write_text("\n".join([*lines[:6], lines[6][:-4], *lines[7:]]))
    own.write_text("\n".join(line.replace("What", "Who") for line in [*lines[:9], "oops"]))
    studio, tab, page = bring(file)
    page.get_by_role("alert").filter(has_text="Line 7 of “broken.jsonl” is not JSON").wait_for()
    page.get_by_role("button", name="Leave out the 1 line that cannot be read").click()
    page.get_by_role("heading", name="These are your first rows").wait_for()
    page.get_by_text("1 line cannot be read and is left out: line 7.").wait_for()
    assert page.get_by_role("alert").count() == 0
    # unticked, the file is refused again, and the offer comes back
    unfold(page, "How the file is read")
    page.get_by_label("Leave out lines that cannot be read").click()
    page.get_by_role("alert").filter(has_text="Line 7 of “broken.jsonl” is not JSON").wait_for()
    file.write_text("\n".join(lines))
    page.reload()
    page.locator("#file input[type=file]").set_input_files(file)
    page.get_by_role("heading", name="These are your first rows").wait_for()
    unfold(page, "Advanced")
    page.locator("#test-file input[type=file]").set_input_files(own)
    page.get_by_text("The test file of your own is used").wait_for()
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("alert").filter(has_text="Line 10 of “own.jsonl” is not JSON").wait_for()
    page.get_by_role("button", name="Leave out the lines that cannot be read").click()
    page.get_by_role("heading", name="broken").wait_for()
    page.get_by_text("+ 1 that could not be read").wait_for()
    page.get_by_text("In “own.jsonl” 1 line cannot be read and is left out: line 10.").wait_for()
    assert studio.workspace.dataset("broken").intake["unreadable"] == 1
    tab.assert_quiet()


def test_columns_that_nobody_can_guess_are_chosen_by_the_rows_as_they_stand(
    look: Callable[..., Any], serve: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "anfragen.csv"
    nasty = "<img src=x onerror=window.pwned=1>"
    file.write_text(f"Nummer;Anliegen;Text\n1;Hallo;{nasty}\n", encoding="utf-8")
    tab = look(serve(Workspace.open(tmp_path / "home")))
    page = tab.open("/data")
    page.locator("#file input[type=file]").set_input_files(file)
    rows = page.get_by_role("region", name="The first rows of the file")
    rows.get_by_role("cell", name="Hallo").wait_for()
    rows.get_by_text(nasty).wait_for()
    page.get_by_role("button", name="Add these examples").click()
    problem = page.get_by_role("alert").filter(has_text="which columns hold prompt")
    problem.wait_for()
    for label, column in (("Prompt", "Anliegen"), ("Completions", "Text")):
        rows.wait_for()
        page.get_by_label(label, exact=True).click()
        page.get_by_role("option", name=column, exact=True).click()
    page.get_by_role("heading", name="These are your first rows").wait_for()
    problem.wait_for(state="hidden")
    assert page.evaluate("window.pwned") is None
    tab.assert_quiet()


def test_a_column_of_chats_chosen_by_hand_has_the_way_out_of_one_that_is_none(
    look: Callable[..., Any], serve: Callable[..., Any], tmp_path: Path
) -> None:
    def chat(number: int, speaker: str = "user") -> dict[str, Any]:
        answer = {"role": "assistant", "content": f"It is {number}."}
        return {"nr": number, "talk": [{"role": speaker, "content": f"Ask {number}"}, answer]}

    chats = [chat(n, "alien" if n == 30 else "user") for n in range(120)]
    file = tmp_path / "talks.jsonl"
    file.write_text("\n".join(map(json.dumps, chats)))
    studio = serve(Workspace.open(tmp_path / "home"))
    tab = look(studio, width=390)
    page = tab.open("/data")
    page.locator("#file input[type=file]").set_input_files(file)
    asked = page.get_by_role("status").filter(has_text=re.compile("^Question.*Choose both here"))
    asked.wait_for()
    page.wait_for_function("document.querySelector('#asked').getBoundingClientRect().top < 120")
    page.get_by_label("Prompt", exact=True).click()
    page.get_by_role("option", name="talk").click()
    page.get_by_label("Completions").click()
    page.get_by_role("option", name="talk").click()
    page.keyboard.press("Escape")
    page.get_by_role("alert").filter(has_text="Row 31 is not a chat").wait_for()
    page.get_by_role("button", name="Leave out the 1 row that cannot be read").click()
    page.get_by_role("heading", name="These are your first rows").wait_for()
    page.get_by_text("1 row cannot be read and is left out: row 31.").wait_for()
    assert page.get_by_role("alert").count() == 0
    assert asked.count() == 0
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="talks").wait_for()
    assert studio.workspace.dataset("talks").intake == {"read": 120, "unreadable": 1}
    tab.assert_quiet()
