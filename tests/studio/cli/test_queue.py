"""`attune queue`: what it prints, and that it says so where nothing begins."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs import Home
from jobs.store import Store

Attune = Callable[..., tuple[int, str, str]]


@pytest.fixture
def attune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commanded: Attune) -> Attune:
    """attune("queue", "--json") on a paused home with three jobs: status, output, errors."""
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "home"))
    store = Store.open(Home.find().make())
    store.queue.set_paused(True)  # no runner is started for these
    for _ in range(3):
        store.jobs.submit("nap", "cpu")
    store.close()

    return commanded


def jobs(out: str) -> list[Any]:
    return [job["job"] for job in json.loads(out)["jobs"]]


def test_the_queue_is_listed_and_says_that_it_is_paused(attune: Attune) -> None:
    status, out, _ = attune("queue")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()[:4]] == ["job", "1", "2", "3"]
    assert "attune queue continue" in out.splitlines()[-1]
    document = json.loads(attune("queue", "--json")[1])
    assert document["paused"] is True
    assert document["jobs"][0]["state"] == "queued"


def test_the_ended_jobs_are_listed_by_name_too(attune: Attune) -> None:
    attune("queue", "stop", "2")
    for words in (("--ended",), ("list", "--ended"), ("--ended", "list")):
        assert jobs(attune("queue", *words, "--json")[1]) == [2]


def test_order_and_stop_and_going_on(attune: Attune) -> None:
    assert jobs(attune("queue", "move", "3", "first", "--json")[1]) == [3, 1, 2]
    assert jobs(attune("queue", "stop", "1", "--json")[1]) == [3, 2]
    attune("queue", "stop", "2")
    attune("queue", "stop", "3")
    status, out, _ = attune("queue", "continue")
    assert (status, out.strip()) == (0, "Nothing runs and nothing waits.")
    assert "paused" in attune("queue", "pause")[1]


def test_a_stopped_job_of_any_kind_goes_on(attune: Attune) -> None:
    """A comparison has no other way on the command line."""
    assert "No job was stopped" in attune("queue", "--ended")[1]
    assert "attune queue resume 2" in attune("queue", "stop", "2")[2]
    _, out, _ = attune("queue", "--ended")
    assert out.splitlines()[1].split()[:4] == ["2", "nap", "–", "stopped"]
    assert jobs(attune("queue", "--ended", "--json")[1]) == [2]
    assert jobs(attune("queue", "resume", "2", "--json")[1]) == [1, 3, 2]
    assert jobs(attune("queue", "--ended", "--json")[1]) == []


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("queue", "resume"), "attune queue continue"),
        (("queue", "resume", "1"), "nothing to resume"),
        (("queue", "resume", "99"), "no job 99"),
        (("queue", "move", "1", "sideways"), "first, up, down, last"),
        (("queue", "move", "99", "first"), "no job 99"),
        (("queue", "stop", "99"), "no job 99"),
        (("queue", "move", "one", "first"), "attune queue move --help"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    attune: Attune, words: tuple[str, ...], part: str
) -> None:
    status, out, err = attune(*words)
    assert (status, out) == (2, "")
    assert part in err
    assert len(err.strip().splitlines()) == 1
