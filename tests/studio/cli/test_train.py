"""What `attune train` says at its end, over the fake workspace."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import pytest

from studio.cli import runs, wait

Attune = Callable[..., tuple[int, str, str]]


@pytest.fixture
def train(make_workspace: Any, monkeypatch: pytest.MonkeyPatch, commanded: Attune) -> Attune:
    """train(...): status, output, errors; a run takes no time."""
    workspace = make_workspace(train_seconds=1e-6)
    monkeypatch.setattr(runs, "open_workspace", lambda context: workspace)
    monkeypatch.setattr(wait, "POLL", 0.0)
    return lambda *words: commanded(
        "train", "--data", "house-style-sample", "--method", "lora", *words
    )


def test_it_names_the_command_that_tells_whether_it_helped(train: Attune) -> None:
    status, out, _ = train("--name", "a first try")
    assert status == 0
    (line,) = [line for line in out.splitlines() if "whether it helped" in line]
    words = shlex.split(line.partition(": ")[2])
    assert words == ["attune", "compare", "--data", "house-style-sample", "base", "a first try"]


def test_a_program_and_who_does_not_wait_are_told_nothing_of_it(train: Attune) -> None:
    assert "helped" not in train("--json", "--name", "one")[1]
    assert "helped" not in train("--no-wait", "--name", "two")[1]
