"""What people do, by role and label, with a workspace that pretends to train."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folds import unfold
from late import late_once

from jobs import Workspace

pytestmark = pytest.mark.browser


def test_from_the_first_press_to_the_verdict(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    tab = look(serve_studio(empty=True))
    page = tab.open("/")
    page.get_by_role("button", name="Try it with the sample").click()  # 1
    page.get_by_role("heading", name="sample-1").wait_for()
    page.get_by_role("progressbar").first.wait_for()
    page.get_by_role("link", name="See the prompts").click()  # 2
    page.get_by_role("status").filter(has_text="is better than the base").wait_for()
    page.get_by_role("heading", name="Prompt 1", exact=True).wait_for()
    tab.assert_quiet()


def test_a_file_becomes_a_dataset(
    look: Callable[..., Any], serve_studio: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "tickets of may.csv"
    file.write_text("ticket,summary,team\nHello,Hi,north\n", encoding="utf-8")
    studio = serve_studio()
    tab = look(studio)
    page = tab.open("/data")
    page.locator("#file input[type=file]").set_input_files(file)
    page.get_by_role("heading", name="These are your first rows").wait_for()
    assert page.get_by_label("Prompt", exact=True).input_value() == "ticket"
    assert page.get_by_label("Name").input_value() == "tickets of may"
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="tickets of may").wait_for()
    page.get_by_role("link", name="Train a model with it").click()
    page.get_by_role("heading", name="What to expect").wait_for()
    assert page.get_by_label("Dataset").input_value() == "tickets of may"
    tab.assert_quiet()


def test_a_bad_file_is_told_with_its_cure(
    look: Callable[..., Any], serve: Callable[..., Any], tmp_path: Path
) -> None:
    tab = look(serve(Workspace.open(tmp_path / "home")))
    for name, content, said in (
        ("bad.csv", b"", "is empty. Choose a file with one example a row."),
        ("packed.csv", b"PK\3\4\0\0", "is a ZIP archive or a spreadsheet"),
        (
            "photo.png",
            b"\x89PNG\r\n\x1a\n",
            "does not end like a file of examples. Use a file that ends in",
        ),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        page = tab.open("/data")
        page.locator("#file input[type=file]").set_input_files(file)
        page.get_by_role("alert").filter(has_text=said).wait_for()


def test_choices_are_followed_and_sent(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    studio = serve_studio(train_seconds=600)
    tab = look(studio)
    page = tab.open("/train")
    page.locator("#method").get_by_text("Here: 36 s").first.wait_for()
    for effort, seconds in (("Quick", "36 s"), ("Standard", "1 min 12 s"), ("Thorough", "2 min")):
        page.get_by_role("radio", name=re.compile(f"^{effort}.*Here: {seconds}", re.S)).wait_for()
    assert page.get_by_role("radio", name=re.compile("^QLoRA")).is_disabled()
    page.get_by_role("radio", name=re.compile("^Prompt tuning")).check()
    page.get_by_role("radio", name=re.compile("^Standard")).check()
    page.locator("#outlook").get_by_text("180", exact=True).wait_for()
    unfold(page, "Advanced")
    page.get_by_role("textbox", name=re.compile("^Virtual tokens")).fill("40")
    assert page.get_by_role("textbox", name=re.compile("^Rank")).count() == 0
    page.get_by_role("textbox", name=re.compile("^Batch size")).fill("8")
    page.keyboard.press("Tab")
    page.locator("#outlook").get_by_text("360", exact=True).wait_for()
    page.get_by_label("Name of the run").fill("forty tokens")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="forty tokens").wait_for()
    run = studio.workspace.run("forty tokens")
    assert run.method == "prompt-tuning"
    assert run.effort == "standard"
    assert run.options["virtual_tokens"] == "40"
    assert run.options["batch_size"] == "8"
    assert run.options["learning_rate"] == 0.3
    tab.assert_quiet()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Resume").wait_for()
    page.get_by_text("stopped", exact=True).wait_for()


def too_large(tab: Any) -> tuple[Any, Any, Any]:
    """The Train page with a batch that does not fit, its field, and the button that mends it."""
    page = tab.open("/train")
    page.locator("#method").get_by_text("Here: 36 s").first.wait_for()
    unfold(page, "Advanced")
    batch = page.get_by_role("textbox", name=re.compile("^Batch size"))
    batch.fill("512")
    page.keyboard.press("Tab")
    page.get_by_text("This needs about 30 GB of memory").wait_for()
    fit = page.get_by_role("button", name="Use what fits")
    fit.wait_for()
    return page, batch, fit


def test_what_does_not_fit_is_made_to_fit_by_one_press(
    look: Callable[..., Any], studio: Any
) -> None:
    tab = look(studio)
    page, batch, fit = too_large(tab)
    fit.click()
    page.get_by_text("This needs about 30 GB of memory").wait_for(state="detached")
    assert batch.input_value() == "256"
    together = page.get_by_role("textbox", name=re.compile("^Gradient accumulation"))
    assert together.input_value() == "2"
    fit.wait_for(state="hidden")
    tab.assert_quiet()


def test_a_late_answer_does_not_bring_back_what_did_not_fit(
    look: Callable[..., Any], studio: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press leaves the field as well: both ask, and leaving may be answered last."""
    late = late_once(monkeypatch, studio.workspace, "forecast")
    page, batch, fit = too_large(look(studio))
    page.wait_for_timeout(1000)
    batch.focus()
    late.append(True)
    fit.click()
    fit.wait_for(state="hidden")
    page.wait_for_timeout(4000)
    assert not late
    assert batch.input_value() == "256"
    assert not fit.is_visible()
    assert not page.get_by_text("This needs about 30 GB of memory").is_visible()


def test_a_field_that_asks_after_the_press_does_not_undo_it(
    look: Callable[..., Any], studio: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was left before the press; on a busy machine its question may come later."""
    late = late_once(monkeypatch, studio.workspace, "forecast")
    page, batch, fit = too_large(look(studio))
    page.evaluate("document.activeElement.blur()")  # or the press would leave a field
    page.wait_for_timeout(1000)
    late.append(True)
    fit.click()
    page.wait_for_timeout(500)
    batch.focus()
    batch.blur()
    fit.wait_for(state="hidden")
    page.wait_for_timeout(2000)
    assert not late
    assert batch.input_value() == "256"
    assert not page.get_by_text("This needs about 30 GB of memory").is_visible()


def test_a_field_that_asks_after_a_choice_leaves_the_choice_its_fields(
    look: Callable[..., Any], studio: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer comes first, and is of the options that stood there before."""
    late = late_once(monkeypatch, studio.workspace, "defaults")
    page = look(studio).open("/train")
    page.get_by_text("Here: 36 s").first.wait_for()
    unfold(page, "Advanced")
    virtual = page.get_by_role("textbox", name=re.compile("^Virtual tokens"))
    epochs = page.get_by_role("textbox", name=re.compile("^Epochs"))
    page.get_by_role("textbox", name=re.compile("^Rank")).wait_for()
    assert not virtual.is_visible()
    late.append(True)
    page.get_by_role("radio", name=re.compile("^Prompt tuning")).check()
    page.wait_for_timeout(500)
    epochs.focus()
    epochs.blur()
    virtual.wait_for()
    page.get_by_role("textbox", name=re.compile("^Rank")).wait_for(state="hidden")
    page.wait_for_timeout(1000)
    assert not late
    assert page.locator("#outlook").get_by_text("Steps").is_visible()


def test_more_methods_are_a_press_away(look: Callable[..., Any], studio: Any) -> None:
    page = look(studio).open("/train")
    page.get_by_text("Here: 36 s").first.wait_for()
    more = page.get_by_role("radio", name=re.compile("^P-tuning"))
    assert not more.is_visible()
    page.get_by_text("More methods").click()
    more.check()
    page.locator("#outlook").get_by_text("Steps").wait_for()
    page.get_by_role("radio", name=re.compile("^P-tuning"), checked=True).wait_for()


def test_a_fold_of_methods_stays_as_it_was_left(look: Callable[..., Any], studio: Any) -> None:
    page = look(studio).open("/train")
    steps = page.locator("#outlook")
    page.get_by_text("Here: 36 s").first.wait_for()
    more = page.get_by_role("radio", name=re.compile("^P-tuning"))
    page.get_by_text("More methods").click()
    page.get_by_role("radio", name=re.compile("^Standard")).check()
    steps.get_by_text("180", exact=True).wait_for()
    page.locator("#method").get_by_text("Here: 1 min 12 s").first.wait_for()
    assert more.is_visible()
    more.check()
    page.get_by_role("radio", name=re.compile("^P-tuning"), checked=True).wait_for()
    page.get_by_text("More methods").click()
    page.get_by_role("radio", name=re.compile("^Thorough")).check()
    steps.get_by_text("360", exact=True).wait_for()
    page.locator("#method").get_by_text("Here: 2 min 24 s").first.wait_for()
    assert not more.is_visible()


def test_a_taken_name_is_told_on_the_page(look: Callable[..., Any], studio: Any) -> None:
    page = look(studio).open("/train")
    page.get_by_label("Name of the run").fill("too-big-1")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("alert").filter(has_text="There is a run “too-big-1” already").wait_for()


def test_deleting_asks_first(look: Callable[..., Any], serve_studio: Callable[..., Any]) -> None:
    studio = serve_studio()
    page = look(studio).open("/runs?run=3")
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Delete for good").wait_for(state="hidden")
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_role("heading", name="Runs", exact=True).wait_for()
    assert "too-big-1" not in [r.name for r in studio.workspace.runs()]


def test_prompts_are_sorted_paged_and_walked_by_key(look: Callable[..., Any], studio: Any) -> None:
    tab = look(studio)
    page = tab.open("/compare?comparison=3")
    page.get_by_role("link", name="Largest loss").click()
    page.wait_for_url(re.compile("/compare.*sort=loss"))
    page.get_by_role("link", name="Next →").click()
    page.get_by_text("Page 2 of 12").wait_for()
    first = page.get_by_role("article").first.get_attribute("aria-label")
    page.reload()
    page.get_by_text("Page 2 of 12").wait_for()
    assert page.get_by_role("article").first.get_attribute("aria-label") == first
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.get_by_role("article").nth(1)
    assert page.evaluate("document.activeElement.id") == second.get_attribute("id")
    tab.assert_quiet()


def test_where_it_got_worse_comes_into_sight(look: Callable[..., Any], studio: Any) -> None:
    tab = look(studio)
    page = tab.open("/compare?comparison=3")
    page.get_by_role("link", name="Where did it get worse?").click()
    page.wait_for_url(re.compile("sort=loss"))
    page.wait_for_function(
        "Math.abs(document.querySelector('#prompts h2')?.getBoundingClientRect().top ?? 999) < 100"
    )
    page.get_by_role("link", name="Ask them something").click()
    page.wait_for_function(
        "document.getElementById('ask').getBoundingClientRect().top < window.innerHeight"
    )
    tab.assert_quiet()


def test_every_variant_answers_a_prompt(look: Callable[..., Any], studio: Any) -> None:
    tab = look(studio)
    page = tab.open("/compare?comparison=3")
    page.get_by_role("textbox", name="Prompt").fill("What is a heron?")
    page.get_by_role("button", name="Ask every variant").click()
    for variant in ("base", "house-style-lora-1", "recall-prompt-tuning-1"):
        page.get_by_text(f"An answer of {variant} to: What is a heron?").wait_for()
    tab.assert_quiet()


def test_two_tabs_do_not_mix(look: Callable[..., Any], studio: Any) -> None:
    one, two = look(studio).open("/train?data=1"), look(studio).open("/train?data=2")
    one.get_by_role("radio", name=re.compile("^Prompt tuning")).check()
    one.get_by_role("radio", name=re.compile("^Thorough")).check()
    one.locator("#outlook").get_by_text("360", exact=True).wait_for()
    two.locator("#outlook").get_by_text("90", exact=True).wait_for()
    assert two.get_by_label("Dataset").input_value() == "house-style-sample"
    assert two.get_by_role("radio", name=re.compile("^LoRA")).is_checked()


def test_the_adapter_is_downloaded(look: Callable[..., Any], studio: Any) -> None:
    page = look(studio).open("/use?run=4")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the adapter").click()
    assert download.value.suggested_filename == "house-style-lora-1.zip"


def test_a_comparison_begins_with_one_press_and_nothing_unfolded(
    look: Callable[..., Any], serve_studio: Callable[..., Any]
) -> None:
    tab = look(serve_studio())
    page = tab.open("/compare")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_url(re.compile(r"/compare\?comparison=\d+"))
    tab.assert_quiet()


def test_an_error_stays_in_sight_of_the_button_and_can_be_closed(
    look: Callable[..., Any], studio: Any
) -> None:
    page = look(studio, width=390).open("/train")
    page.get_by_label("Name of the run").fill("too-big-1")
    start = page.get_by_role("button", name="Start", exact=True)
    start.click()
    alert = page.get_by_role("alert").filter(has_text="There is a run “too-big-1” already")
    alert.wait_for()
    assert _in_sight(page, alert)
    page.get_by_role("button", name="Close this message").click()
    alert.wait_for(state="detached")
    start.click()  # the same error once more is told once more
    alert.wait_for()
    assert _in_sight(page, alert)


def test_on_a_phone_start_is_in_sight_and_covers_nothing_that_has_the_focus(
    look: Callable[..., Any], studio: Any
) -> None:
    page = look(studio, width=390).open("/train")
    page.get_by_text("Steps", exact=True).wait_for()
    start = page.get_by_role("button", name="Start", exact=True)
    assert _in_sight(page, start)
    ends = page.locator("#mask .mask .tok").evaluate_all(
        "(all) => all.map((e) => getComputedStyle(e).borderRightWidth)"
    )
    assert set(ends) == {"1px"}, "a line ends each token, as its key says"
    unfold(page, "Advanced")
    page.get_by_label("Dataset").focus()
    seen = 0
    while not start.evaluate("e => e === document.activeElement"):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        place = start.bounding_box()
        clear = focused["bottom"] <= place["y"] or focused["top"] >= place["y"]
        assert clear, page.evaluate("document.activeElement.outerHTML")[:200]
        seen += 1
    assert seen > 10


def test_a_value_out_of_bounds_is_told_and_cannot_be_started(
    look: Callable[..., Any], studio: Any
) -> None:
    page = look(studio).open("/train")
    start = page.get_by_role("button", name="Start", exact=True)
    unfold(page, "Advanced")
    field = page.get_by_role("textbox", name=re.compile("^Batch size"))
    field.fill("0")
    page.keyboard.press("Tab")
    page.get_by_role("alert").filter(has_text="which is out of bounds").wait_for()
    page.wait_for_function("b => b.disabled", arg=start.element_handle())
    page.get_by_text("Nothing can be foreseen").wait_for()
    assert not page.get_by_text("Steps", exact=True).is_visible()
    field.fill("8")
    page.keyboard.press("Tab")
    page.wait_for_function("b => !b.disabled", arg=start.element_handle())
    assert page.get_by_role("alert").count() == 0


def test_a_mistake_of_our_own_is_told_with_what_a_report_needs(
    look: Callable[..., Any], serve_studio: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = serve_studio(empty=True)

    def broken() -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(studio.workspace, "try_sample", broken)
    page = look(studio).open("/")
    page.get_by_role("button", name="Try it with the sample").click()
    alert = page.get_by_role("alert").filter(has_text="a mistake of its own here")
    alert.get_by_text("Details", exact=True).click()
    alert.get_by_text("ZeroDivisionError: nobody thought of this").wait_for()


def _in_sight(page: Any, element: Any) -> bool:
    box, height = element.bounding_box(), page.viewport_size["height"]
    return bool(box["y"] >= 0 and box["y"] + box["height"] <= height)
