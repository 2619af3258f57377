"""Resume, retry and clone by one press each, on the real workspace: a double press is one wish."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folds import unfold

from jobs.home import Home
from jobs.store import Store
from jobs.workspace import Workspace

pytestmark = pytest.mark.browser
OPTIONS = {"rank": 5, "epochs": 2, "learning_rate": 0.003}
BUG = {
    "kind": "bug",
    "what": "The work ended with an error that nobody foresaw (KeyError).",
    "cure": "This is a fault of Attune, not yours. Please report it, with the text below.",
    "detail": "attune 0.1.0, torch 2.13\nTraceback: KeyError: 'rank'",
}


class Nobody:
    def wake(self, device: str) -> None:
        """What is queued stays queued."""


@pytest.fixture
def workspace(tmp_path: Path) -> Any:
    """A run that was stopped, and one that failed; nothing begins."""
    home = Home(tmp_path / "home").make()
    store = Store.open(home)
    workspace = Workspace(home, store, Nobody())
    rows = tmp_path / "rows.csv"
    rows.write_text("prompt,completion\n" + "".join(f"{n}?,It is {n}.\n" for n in range(60)))
    workspace.add_dataset(rows, "numbers")
    for name, state, error in (("left-off", "stopped", None), ("went-wrong", "failed", BUG)):
        workspace.train("numbers", "lora", name=name, options=OPTIONS, seed=7)
        job = store.jobs.claim("cpu")
        assert job is not None
        store.jobs.finish(job.id, state, error)
    yield workspace
    store.close()


def test_a_press_resumes_the_run_itself(
    look: Callable[..., Any], serve: Callable[[Any], Any], workspace: Any
) -> None:
    tab = look(serve(workspace))
    page = tab.open("/runs")
    page.get_by_role("button", name="Resume: left-off").dblclick()
    page.get_by_role("heading", name="left-off").wait_for()
    page.get_by_role("button", name="Stop").wait_for()
    assert workspace.count_runs() == 2
    assert workspace.run("left-off").state == "queued"
    assert workspace._store.jobs.list(run_id=1)[0].attempt == 1, "once, though pressed twice"
    page = tab.open("/runs?run=2")
    page.get_by_role("button", name="Resume").dblclick()
    page.get_by_role("button", name="Stop").wait_for()
    assert workspace._store.jobs.list(run_id=2)[0].attempt == 1
    tab.assert_quiet()


def test_a_press_tries_again_what_went_wrong(
    look: Callable[..., Any], serve: Callable[[Any], Any], workspace: Any
) -> None:
    tab = look(serve(workspace))
    page = tab.open("/runs?run=2")
    told = page.get_by_role("alert").filter(has_text="nobody foresaw")
    told.get_by_text("Please report it").wait_for()
    told.get_by_text("Details").click()
    told.get_by_text("torch 2.13").wait_for()
    page.get_by_role("button", name="Train again").dblclick()
    page.wait_for_url("**/runs?run=3")
    page.get_by_role("button", name="Stop").wait_for()
    again = workspace.run_by_id(3)
    assert workspace.count_runs() == 3
    assert (again.state, again.seed) == ("queued", 7)
    assert again.options == workspace.run("went-wrong").options
    assert workspace.comparison_of(again.name) is not None
    tab.assert_quiet()


def test_a_clone_begins_with_all_that_the_run_had(
    look: Callable[..., Any], serve: Callable[[Any], Any], workspace: Any
) -> None:
    tab = look(serve(workspace))
    page = tab.open("/runs?run=1")
    page.get_by_role("link", name="Change something and train").click()
    page.get_by_role("heading", name="Train", exact=True).wait_for()
    unfold(page, "Advanced")
    rank = page.get_by_role("textbox", name=re.compile("^Rank"))
    rank.wait_for()
    page.wait_for_function("document.querySelector('#outlook .facts, #outlook dl') !== null")
    assert rank.input_value() == "5"
    assert page.get_by_role("textbox", name=re.compile("^Seed")).input_value() == "7"
    page.get_by_role("button", name="Start").dblclick()
    page.wait_for_url("**/runs?run=3")
    page.get_by_role("button", name="Stop").wait_for()
    assert workspace.count_runs() == 3
    clone, first = workspace.run_by_id(3), workspace.run("left-off")
    assert (clone.options, clone.seed) == (first.options, first.seed)
    tab.assert_quiet()
