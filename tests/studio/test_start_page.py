"""The first page says what this machine's own forecast says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from jobs import Unavailable
from studio.server import create_app


@dataclass
class _Cost:
    seconds: float


def test_the_sample_is_described_before_it_is_trained_on(workspace: Any) -> None:
    page = TestClient(create_app(workspace), base_url="http://127.0.0.1:7860").get("/").text
    assert "The sample has 660 examples." in page
    assert "Support tickets, summed up the way one team writes them." in page


def test_how_long_the_sample_takes_is_this_machines_forecast(
    caller: Callable[..., Any], workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "sample_forecast", lambda: _Cost(540.0))
    told = caller(workspace, "/")("load")["takes"]
    assert "Here training takes about 9 min; the answers come after it." in str(told)


def test_no_figure_is_given_before_the_machine_was_measured(
    caller: Callable[..., Any], workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "sample_forecast", lambda: None)
    call = caller(workspace, "/")
    answer = call("load")
    assert "takes" not in answer or "about" not in str(answer["takes"])
    assert answer["clock"]["active"] is True


def test_a_look_that_fails_is_told_and_tried_again(
    caller: Callable[..., Any], workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> Any:
        raise Unavailable("The database is busy.", "Wait a moment.")

    call = caller(workspace, "/")
    with monkeypatch.context() as patched:
        patched.setattr(workspace, "queue", locked)
        for event in ("load", "tick"):
            answer = call(event)
            assert "The database is busy." in answer["notice"]
            assert answer["clock"]["active"] is True
    answer = call("tick")
    assert answer["notice"] == ""
    assert "Finished last" in answer["now"]
