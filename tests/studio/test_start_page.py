"""The first page says what this machine's own forecast says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass
class _Cost:
    seconds: float


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
