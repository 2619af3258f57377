"""What commands that wait for a job say at their end, over the fake workspace."""

from __future__ import annotations

import dataclasses
import json
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from studio.cli import answer, demo, forget, runs, wait

Attune = Callable[..., tuple[int, str, str]]


@pytest.fixture
def train(make_workspace: Any, monkeypatch: pytest.MonkeyPatch, commanded: Attune) -> Attune:
    """train(...): status, output, errors; a run takes no time."""
    workspace = make_workspace(train_seconds=1e-6)
    monkeypatch.setattr(runs, "open_workspace", lambda context: workspace)
    monkeypatch.setattr(wait, "POLL", 0.0)
    return lambda *words: commanded("train", "--data", "house-style-sample", *words)


def test_it_names_the_command_that_tells_whether_it_helped(train: Attune) -> None:
    status, out, _ = train("--name", "a first try")
    assert status == 0
    (line,) = [line for line in out.splitlines() if "whether it helped" in line]
    words = shlex.split(line.partition(": ")[2])
    assert words == ["attune", "compare", "--data", "house-style-sample", "base", "a first try"]


def test_it_says_beforehand_what_the_run_will_take(train: Attune) -> None:
    first = "Foreseen for mine: 34 s, 1.3 GB of memory."
    assert train("--name", "mine")[1].splitlines()[0] == first
    assert train("--no-wait", "--name", "two")[1].startswith("Foreseen for two: ")
    assert "Foreseen" not in train("--json", "--name", "three")[1]


def test_what_does_not_fit_is_told_beforehand_too(
    train: Attune, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace: Any = runs.open_workspace(None)  # type: ignore[arg-type]
    start, left_out = workspace.train, "9 of 48 training examples would be left out."

    def tight(*words: Any, **how: Any) -> Any:
        run = start(*words, **how)
        return dataclasses.replace(run, forecast={**run.forecast, "problems": [left_out]})

    monkeypatch.setattr(workspace, "train", tight)
    assert train("--name", "mine")[1].splitlines()[1] == left_out


def test_a_run_that_stopped_early_says_so_and_why(
    make_workspace: Any, monkeypatch: pytest.MonkeyPatch, commanded: Attune
) -> None:
    workspace = make_workspace()
    (run,) = [run for run in workspace.runs() if run.name == "house-style-lora-1"]
    early = dataclasses.replace(
        run, step=57, effort="thorough", options={"early_stopping": 3},
        result={**run.result, "step": 57},
    )  # fmt: skip
    monkeypatch.setattr(workspace, "runs", lambda **how: [early])
    monkeypatch.setattr(workspace, "run", lambda name: early)
    monkeypatch.setattr(runs, "open_workspace", lambda context: workspace)
    assert "57 of 90, stopped early" in commanded("runs")[1]
    out = commanded("runs", "show", early.name)[1]
    assert "Stopped early, after 57 of 90 steps, as the thorough effort asks: the" in out
    assert json.loads(commanded("runs", "show", early.name, "--json")[1])["stopped_early"] is True
    monkeypatch.setattr(workspace, "run", lambda name: run)
    assert "early" not in commanded("runs", "show", run.name)[1]
    assert json.loads(commanded("runs", "show", run.name, "--json")[1])["stopped_early"] is False


def test_a_program_and_who_does_not_wait_are_told_nothing_of_it(train: Attune) -> None:
    assert "helped" not in train("--json", "--name", "one")[1]
    assert "helped" not in train("--no-wait", "--name", "two")[1]


@pytest.fixture
def pressed(make_workspace: Any, monkeypatch: pytest.MonkeyPatch, commanded: Attune) -> Attune:
    """pressed(...): status, output, errors of a command at whose first look Ctrl-C is pressed."""
    workspace = make_workspace()

    def press(of: object) -> None:
        raise KeyboardInterrupt

    for look in ("job", "job_by_id", "comparison_job"):
        monkeypatch.setattr(workspace, look, press)
    for module in (answer, demo, forget, runs):
        monkeypatch.setattr(module, "open_workspace", lambda context: workspace)
    return commanded


TRAIN = ("train", "--data", "house-style-sample", "--method", "lora", "--name", "mine")
COMPARE = ("compare", "--data", "house-style-sample", "base", "house-style-lora-1")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (TRAIN, "mine"),
        (("resume", "half-way"), "half-way"),
        (("stop", "house-style-lora-2"), "Stopping house-style-lora-2"),
        (COMPARE, "Comparison"),
        (("forget", "recall-prompt-tuning-1"), "Looking for what it forgot"),
        (("demo",), "house-style-sample-lora-1"),
    ],
)
def test_ctrl_c_names_what_goes_on_and_ends_as_everywhere(
    pressed: Attune, words: tuple[str, ...], name: str
) -> None:
    status, _, err = pressed(*words)
    assert status == 130
    assert f"Letting go of {name}. It goes on in the background." in err


def test_who_lets_go_of_a_run_is_told_how_it_stands(pressed: Attune) -> None:
    assert "mine is queued" in pressed(*TRAIN)[1]
    status, out, _ = pressed("resume", "half-way", "--json")
    assert (status, json.loads(out)["name"]) == (130, "half-way")


def test_who_lets_go_of_a_comparison_is_told_where_it_is_found(pressed: Attune) -> None:
    status, out, err = pressed(*COMPARE, "--json")
    assert (status, out) == (130, "")
    assert "comparison 3: “attune queue”" in err


def test_who_does_not_wait_lets_go_of_nothing(pressed: Attune) -> None:
    status, out, err = pressed(*TRAIN, "--no-wait")
    assert (status, err) == (0, "")
    assert "mine is queued" in out


def test_lora_is_where_one_starts(
    train: Attune, commanded: Attune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    status, out, _ = train("--json", "--name", "unsaid")
    assert status == 0
    assert json.loads(out)["method"] == "lora"
    assert json.loads(train("--json", "--method", "qlora")[1])["method"] == "qlora"
    assert "[default: lora]" in commanded("train", "--help")[1]
