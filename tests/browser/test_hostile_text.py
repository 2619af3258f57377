"""HTML and script in cells, names and answers stand as text on every page that shows them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from folds import unfold

pytestmark = pytest.mark.browser

PAYLOADS = (
    '<img src=x onerror="window.pwned=1">',
    "<script>window.pwned=1</script>",
    '"><svg onload=window.pwned=1>',
    "</textarea></pre><iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    '<a href="javascript:window.pwned=1">press</a>',
    "<details open ontoggle=window.pwned=1>x</details>",
    "${window.pwned=1}{{constructor.constructor('window.pwned=1')()}}`${window.pwned=1}`",
)
# What the page would hold if one of them were taken for HTML, though a browser may not run it.
ELEMENTS = "img[src='x'], svg[onload], iframe[srcdoc], a[href^='javascript'], details[ontoggle]"
EVERYWHERE = {
    "/data?dataset=1": ("#examples", "#dataset"),
    "/data?dataset=1&split=test&page=2": ("#examples",),
    "/data?dataset=1&row=2": ("#examples",),
    "/train?data=1": ("#mask",),
    "/compare?comparison=3": ("#content",),
    "/runs?run=4": ("#content",),
    "/runs?run=5": ("#content",),
    "/vote?comparison=3": ("#content",),
}
FOLDED = {"/runs?run=5": "The 20 vectors, and the words nearest to them"}


@pytest.fixture(scope="module")
def hostile(fakes: Any, serve_studio: Callable[..., Any]) -> Iterator[Any]:
    """A studio in which every prompt, reference, finding and column is hostile."""
    with pytest.MonkeyPatch.context() as patched:
        parts = [part for name, part in sys.modules.items() if name.startswith("fake_workspace.")]
        for part in (part for part in parts if hasattr(part, "PROMPTS")):
            patched.setattr(part, "PROMPTS", PAYLOADS)
            patched.setattr(part, "REFERENCES", PAYLOADS[::-1])
        fakes.fake_forgotten.cache_clear()
        ours = fakes.FakeWorkspace._findings

        def found(workspace: Any) -> Any:
            texts = PAYLOADS[:2]
            return tuple(
                replace(finding, sentence=text, why=text, mend=text)
                for finding, text in zip(ours(workspace), texts, strict=True)
            )

        patched.setattr(fakes.FakeWorkspace, "_findings", found)
        studio = serve_studio()
        studio.workspace.looked["house-style-lora-1"] = 0.0
        yield studio
    fakes.fake_forgotten.cache_clear()


def assert_text(page: Any, place: str = "#content") -> None:
    """It is shown, and nothing of it came alive."""
    page.wait_for_function(
        f"/onerror=|onload=|<script>|ontoggle=|javascript:/.test("
        f"[...document.querySelectorAll('{place}')].map((e) => e.innerText).join(' '))"
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert page.locator(ELEMENTS).count() == 0


@pytest.mark.parametrize("path", EVERYWHERE)
def test_what_is_hostile_is_shown_as_text(
    look: Callable[..., Any], hostile: Any, path: str
) -> None:
    tab = look(hostile)
    page = tab.open(path)
    if path in FOLDED:
        page.get_by_text(FOLDED[path]).click()
    for place in EVERYWHERE[path]:
        assert_text(page, place)
    assert not [each for each in tab.complaints if "pwned" in each]


def test_a_file_that_is_looked_at(look: Callable[..., Any], hostile: Any, tmp_path: Path) -> None:
    file = tmp_path / "<img src=x onerror=window.pwned=1>.csv"
    columns = [text for text in PAYLOADS if "," not in text and '"' not in text]
    file.write_text(",".join(columns) + "\n" + ",".join("x" for _ in columns) + "\n")
    page = look(hostile).open("/data")
    page.locator("#file input[type=file]").set_input_files(file)
    page.get_by_role("heading", name="These are your first rows").wait_for()
    assert_text(page, "#preview")
    page.get_by_label("Prompt", exact=True).click()
    page.get_by_role("option", name="<script>").first.wait_for()
    page.keyboard.press("Escape")
    unfold(page, "Words around every prompt")
    page.locator("pre").first.wait_for()
    assert_text(page, "pre")


def test_versions_side_by_side_and_the_editor(look: Callable[..., Any], hostile: Any) -> None:
    hostile.workspace.drop_row("house-style-sample", "train", 0)
    page = look(hostile).open("/data?dataset=2")
    page.get_by_role("link", name="version 2", exact=True).click()
    page.get_by_role("link", name="Side by side").first.click()
    page.get_by_role("heading", name="Side by side").wait_for()
    assert_text(page, "#difference")
    page.get_by_role("button", name="Edit").first.click()
    page.get_by_role("heading", name="Edit row 1").wait_for()
    assert page.get_by_label("Prompt", exact=True).input_value() in PAYLOADS
    assert_text(page, "#examples")


def test_questions_and_answers(look: Callable[..., Any], hostile: Any) -> None:
    page = look(hostile).open("/compare?comparison=3")
    page.get_by_role("textbox", name="Prompt").first.fill(PAYLOADS[0])
    page.get_by_role("button", name="Ask every variant").click()
    page.locator("#answers").get_by_text("An answer of base to").wait_for()
    assert_text(page, "#answers")


def test_a_report_in_a_file(look: Callable[..., Any], hostile: Any) -> None:
    page = look(hostile).open("/compare?comparison=3")
    report = page.request.get(f"{hostile.url}/report/3.html")
    assert report.ok
    page.goto("about:blank")
    page.set_content(report.text())
    assert_text(page, "body")
