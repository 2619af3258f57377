"""The Use page: first what needs no programming, then what the download is and who can use it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest


def taken(caller: Callable[..., Any], fake: Any, patch: pytest.MonkeyPatch, **other: Any) -> str:
    """What stands there of run 4, with something else of it."""
    run = dataclasses.replace(fake.run_by_id(4), **other)
    patch.setattr(fake, "run_by_id", lambda number: run)
    shown: str = caller(fake, "/use")("load", "?run=4")["take"]
    return shown


def test_who_does_not_program_comes_first(
    caller: Callable[..., Any], workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = taken(caller, workspace, monkeypatch)
    said = ("who does not program", "an Attune of their own", "<strong>A programmer", "/download/4")
    places = [shown.index(words) for words in (*said, "<pre>")]
    assert places == sorted(places)
    assert "primary" not in shown  # asking is


def test_an_adapter_is_explained_and_no_other_attune_takes_it(
    caller: Callable[..., Any], workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = taken(caller, workspace, monkeypatch)
    assert "works only with Practice model, which comes along; and a card" in own
    assert "cannot bring the download in" in own
    other = taken(caller, workspace, monkeypatch, model="some-one/some-model")
    assert "which they need as well; and a card" in other
    assert "comes along" not in other


def test_a_whole_model_is_a_base_for_another_attune(
    caller: Callable[..., Any], workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = taken(caller, workspace, monkeypatch, method="full")
    assert "the folder “model” in it as a base model" in shown
    assert "It holds the whole tuned model; and a card" in shown
    assert "adapter" not in shown.partition("<details")[0]
