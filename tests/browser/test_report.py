"""The report of a comparison on paper: nothing is cut off at its edge."""

from __future__ import annotations

from typing import Any

from jobs.home import Home
from studio.report import written

SHEET = 718  # pixels of A4 between the margins of a browser

CUT = """edge => [...document.querySelectorAll(".tabled td, .tabled th, .score-row .value")]
  .filter(cell => cell.getBoundingClientRect().right > edge + 1)
  .map(cell => cell.textContent)"""


def test_all_columns_of_a_report_come_onto_the_paper(
    browser: Any, fakes: Any, tmp_path: Any
) -> None:
    """Of five variants with long names, whose tables are wider than a sheet on the page."""

    class Wide(fakes.FakeWorkspace):
        def _comparisons(self) -> Any:
            names = ("base", "base@4bit", "base+3", "house-style-lora-1", "recall-prompt-tuning-1")
            return [self._comparison(15, "done", names), *super()._comparisons()]

    workspace = Wide(Home(tmp_path / "home").make())
    html = "".join(written("html", workspace.comparison(15), workspace.result(15)))
    page = browser.new_page(viewport={"width": SHEET, "height": 1000})
    try:
        page.set_content(html)
        page.emulate_media(media="print")
        assert page.evaluate(CUT, SHEET) == []
        found = page.locator(".tabled .scroll").first
        assert found.evaluate("one => getComputedStyle(one).overflowX") == "visible"
    finally:
        page.close()
