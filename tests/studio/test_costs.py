"""What the cards of methods and efforts say of their cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
import pytest

from jobs import InputError
from studio.pages.costs import EFFORTS, costs, effort_cards, method_cards
from studio.parts.choices import choice_cards

NONE = "Here:"


def test_before_the_costs_are_known_a_card_says_that_they_come(workspace: Any) -> None:
    able = [m for m in workspace.methods("starter") if m.available]
    assert method_cards(workspace, "starter", "lora").count("Here: …") == len(able)
    assert effort_cards("quick").count("Here: …") == len(EFFORTS)


def test_a_card_without_a_cost_says_none(workspace: Any) -> None:
    """It cannot be foreseen, and waiting for it would never end."""
    methods = method_cards(workspace, "starter", "lora", {"prompt-tuning": "Here: a minute"})
    assert methods.count(NONE) == methods.count("Here: a minute") == 1
    efforts = effort_cards("quick", {"thorough": "Here: an hour"})
    assert efforts.count(NONE) == efforts.count("Here: an hour") == 1


@pytest.fixture
def redraw(workspace: Any) -> Callable[..., tuple[str, str]]:
    """Calls the handler; gives the HTML of methods and efforts."""

    def call(method: str, effort: str) -> tuple[str, str]:
        methods, efforts = gr.HTML(choice_cards("a", "A", [], "")), gr.HTML()
        costed = costs(workspace, methods, efforts)
        data = workspace.datasets()[0].name
        told = costed(data, "starter", method, effort)
        return told[methods].props["cards"], told[efforts].props["cards"]

    return call


@pytest.mark.parametrize("effort", ["quick", "thorough"])
def test_each_pair_is_foreseen_once(
    workspace: Any,
    redraw: Callable[..., tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    effort: str,
) -> None:
    asked: list[tuple[str, str]] = []
    known = workspace.forecast

    def forecast(data: str, method: str, model: str, effort: str) -> Any:
        asked.append((method, effort))
        return known(data, method, model, effort)

    monkeypatch.setattr(workspace, "forecast", forecast)
    methods, efforts = redraw("lora", effort)
    able = [m.name for m in workspace.methods("starter") if m.available]
    assert sorted(asked) == sorted(
        {(name, effort) for name in able} | {("lora", e.value) for e in EFFORTS}
    )
    assert methods.count("of memory") == len(able)
    assert efforts.count(NONE) == len(EFFORTS)


def test_what_cannot_be_foreseen_leaves_the_others_their_costs(
    workspace: Any, redraw: Callable[..., tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = workspace.forecast

    def forecast(data: str, method: str, model: str, effort: str) -> Any:
        if method == "prompt-tuning":
            raise InputError("No.", "Do something else.")
        return known(data, method, model, effort)

    monkeypatch.setattr(workspace, "forecast", forecast)
    methods, efforts = redraw("prompt-tuning", "quick")
    able = [m.name for m in workspace.methods("starter") if m.available]
    assert methods.count("of memory") == len(able) - 1
    assert NONE not in efforts
