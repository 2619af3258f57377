"""A change that takes long, on a dataset's page: the bar, Cancel, and what comes of it."""

from __future__ import annotations

import threading
from typing import Any

import gradio as gr
import pytest

from jobs import InputError, NotFound, Progress, Unavailable
from jobs.home import Home
from studio.pages import changing
from studio.pages.changing import Changing


@pytest.fixture
def fake(fakes: Any, tmp_path: Any) -> Any:
    return fakes.FakeWorkspace(Home(tmp_path / "home").make())


@pytest.fixture
def page(fake: Any, monkeypatch: pytest.MonkeyPatch) -> Changing:
    monkeypatch.setattr(changing, "AT_ONCE", 0.05)
    with gr.Blocks():
        return Changing.lay_out(fake, gr.HTML(), gr.HTML())


class Slow:
    """A mend that tells how far it is, and waits until it may go on."""

    def __init__(self, fake: Any, error: Exception | None = None) -> None:
        self.may = threading.Event()
        self._fake, self._error = fake, error

    def __call__(self, progress: Any) -> Any:
        at = Progress("Writing the rows", 0.25, 120)
        progress(at)
        assert self.may.wait(10)
        progress(at)
        if self._error is not None:
            raise self._error
        return self._fake.mend("house-style-sample", "duplicates")


def begin(page: Changing, work: Any) -> Any:
    return page.begin(page.workspace.dataset("house-style-sample"), work)


def ended(page: Changing, work: Slow, change: int) -> dict[Any, Any]:
    """What is seen once the work went on to its end."""
    work.may.set()
    page.workspace.wait_for_import(change, 10)
    return page.look(change)


def hidden(page: Changing, shown: dict[Any, Any]) -> bool:
    return not shown[page.whole]["visible"] and not shown[page.clock]["active"]


def test_what_is_made_at_once_shows_no_bar(page: Changing, fake: Any) -> None:
    shown = begin(page, lambda progress: fake.mend("house-style-sample", "duplicates"))
    assert hidden(page, shown)
    assert shown[page.go] == f"/data?dataset={fake.dataset('house-style-sample').id}"


def test_what_takes_long_is_seen_and_leads_to_its_version(page: Changing, fake: Any) -> None:
    work = Slow(fake)
    shown = begin(page, work)
    assert shown[page.whole]["visible"]
    assert shown[page.clock]["active"]
    assert "Changing <strong>house-style-sample</strong>" in shown[page.bar]
    assert "Writing the rows: 120 rows" in shown[page.bar]
    assert 'aria-valuenow="25"' in shown[page.bar]
    assert page.go not in shown
    assert page.look(shown[page.change]).keys() == shown.keys()
    last = ended(page, work, shown[page.change])
    assert hidden(page, last)
    assert last[page.go] == f"/data?dataset={fake.dataset('house-style-sample').id}"
    assert fake.dataset("house-style-sample").version == 2


def test_a_second_press_is_refused_and_the_first_goes_on(page: Changing, fake: Any) -> None:
    work = Slow(fake)
    shown = begin(page, work)
    with pytest.raises(Unavailable, match="is being changed already"):
        begin(page, work)
    assert page.go in ended(page, work, shown[page.change])


def test_cancel_says_that_it_was_heard_and_keeps_nothing(page: Changing, fake: Any) -> None:
    work = Slow(fake)
    shown = begin(page, work)
    heard = page.stop(shown[page.change])[page.cancel]
    assert (heard["value"], heard["interactive"]) == ("Cancelling…", False)
    last = ended(page, work, shown[page.change])
    assert hidden(page, last)
    assert "The change was cancelled." in last[page.notice]
    again = last[page.cancel]
    assert (again["value"], again["interactive"]) == ("Cancel", True)
    assert page.go not in last
    assert fake.dataset("house-style-sample").version == 1


def test_what_goes_wrong_on_the_way_is_said(page: Changing, fake: Any) -> None:
    work = Slow(fake, InputError("No row would change.", "There is nothing to mend here."))
    shown = begin(page, work)
    with pytest.raises(InputError, match="No row would change"):
        ended(page, work, shown[page.change])


def test_a_studio_that_began_anew_does_not_know_it(page: Changing) -> None:
    with pytest.raises(NotFound):
        page.look(77)
    assert hidden(page, page.look(None))
