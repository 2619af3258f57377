"""An answer that something newer has overtaken changes nothing."""

from __future__ import annotations

import threading
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


def test_what_answers_into_a_part_leaves_the_rest_of_it_standing() -> None:
    """Two below: what fills a form, what rereads it, what a field of it asks."""
    fills = Newest()
    rereads = fills.lesser()
    asks = rereads.lesser()

    @asks
    def slow(said: str, meanwhile: Any) -> str:
        meanwhile()
        return said

    for greater in (fills, rereads):
        form = greater(lambda: "all")
        assert slow(page("mine"), "old", lambda form=form: form(page("mine"))) == gr.skip()
        assert slow(page("mine"), "old", lambda form=form: form(page("yours"))) == "old"
        standing = greater(lambda: slow(page("mine"), "meanwhile", lambda: None) and "all")
        assert standing(page("mine")) == "all"


def test_what_is_dropped_itself_overtakes_no_field_of_what_stands() -> None:
    fills = Newest()
    begun, asked, ended = threading.Event(), threading.Event(), threading.Event()

    @fills
    def older() -> str:
        begun.set()
        assert asked.wait(10)
        return "the older form"

    @fills.lesser()
    def field() -> str:
        asked.set()
        assert ended.wait(10)
        return "of the newer form"

    def ask_older() -> None:
        forms.append(older(page("mine")))
        ended.set()

    forms: list[Any] = []
    one = threading.Thread(target=ask_older)
    one.start()
    assert begun.wait(10)
    assert fills(lambda: "newer")(page("mine")) == "newer"
    assert field(page("mine")) == "of the newer form"
    one.join()
    assert forms == [gr.skip()]


def test_a_field_that_asks_while_the_form_is_filled_is_overtaken_by_it() -> None:
    """It asked beside what stood there before."""
    fills = Newest()
    begun, asked, filled = threading.Event(), threading.Event(), threading.Event()

    @fills
    def filling() -> str:
        begun.set()
        assert asked.wait(10)
        return "all"

    @fills.lesser()
    def slow() -> str:
        asked.set()
        assert filled.wait(10)
        return "of the old form"

    def fill() -> None:
        forms.append(filling(page("mine")))
        filled.set()

    forms: list[Any] = []
    one = threading.Thread(target=fill)
    one.start()
    assert begun.wait(10)
    assert slow(page("mine")) == gr.skip()
    one.join()
    assert forms == ["all"]


def test_whether_a_page_has_asked_before() -> None:
    wrap = Newest()
    assert not wrap.began(page("mine"))
    wrap(lambda: "said")(page("mine"))
    assert wrap.began(page("mine"))
    assert not wrap.began(page("yours"))


def test_a_handler_that_asks_for_the_request_gets_it() -> None:
    wrap, mine = Newest(), page("mine")

    def asking(request: gr.Request, said: str) -> tuple[Any, str]:
        return request, said

    assert wrap(asking)(mine, "x") == (mine, "x")


def test_pages_that_are_long_gone_are_forgotten(monkeypatch: Any) -> None:
    monkeypatch.setattr(newest, "PAGES", 2)
    wrap = Newest()
    said = wrap(lambda: "said")
    assert [said(page(name)) for name in "abcd"] == ["said"] * 4
    assert len(wrap._asked) == 2
