"""An answer that something newer has overtaken changes nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr

from studio.pages import newest
from studio.pages.newest import Newest


def page(name: str) -> Any:
    return SimpleNamespace(session_hash=name)


def test_an_overtaken_answer_is_dropped_and_another_pages_is_not() -> None:
    wrap = Newest()

    @wrap
    def quick(said: str) -> str:
        return said

    @wrap
    def slow(said: str, meanwhile: str) -> str:
        assert quick(page(meanwhile), "new") == "new"
        return said

    assert slow(page("mine"), "old", "mine") == gr.skip()
    assert slow(page("mine"), "old", "yours") == "old"


def test_a_press_stands_and_drops_what_was_asked_before_it() -> None:
    wrap = Newest()
    press = wrap.standing(lambda said: said)

    @wrap
    def slow(said: str) -> str:
        assert press(page("mine"), "pressed") == "pressed"
        return said

    assert slow(page("mine"), "old") == gr.skip()

    @wrap.standing
    def overtaken(said: str) -> str:
        assert wrap(lambda: "newer")(page("mine")) == "newer"
        return said

    assert overtaken(page("mine"), "pressed") == "pressed"


def test_a_handler_that_asks_for_the_request_gets_it() -> None:
    wrap, mine = Newest(), page("mine")

    def asking(request: gr.Request, said: str) -> tuple[Any, str]:
        return request, said

    assert wrap(asking)(mine, "x") == wrap.standing(asking)(mine, "x") == (mine, "x")


def test_pages_that_are_long_gone_are_forgotten(monkeypatch: Any) -> None:
    monkeypatch.setattr(newest, "PAGES", 2)
    wrap = Newest()
    said = wrap(lambda: "said")
    assert [said(page(name)) for name in "abcd"] == ["said"] * 4
    assert len(wrap._asked) == 2
