"""`attune delete` and `attune data delete` say beforehand what goes; they ask at a terminal, and
without one they want a yes that is written."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import Home
from jobs.store import Store
from jobs.workspace import Workspace

Attune = Callable[..., tuple[int, str, str]]


class Nobody:
    def wake(self, device: str) -> None:
        """Nothing is done here."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with the dataset `rows`, another one `more`, and the ended run `first` on `rows`."""
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "home"))
    home = Home.find().make()
    store = Store.open(home)
    workspace = Workspace(home, store, Nobody())
    rows = tmp_path / "rows.csv"
    rows.write_text("prompt,completion\n" + "".join(f"{n}?,It is {n}.\n" for n in range(40)))
    for name in ("rows", "more"):
        workspace.add_dataset(rows, name)
    store.queue.set_paused(True)  # no runner is started for these
    run = workspace.train("rows", "lora", name="first")
    workspace.stop("first")
    (run.folder / "adapter").mkdir(parents=True)
    (run.folder / "adapter" / "adapter_model.safetensors").write_bytes(b"x" * 3_200_000)
    store.close()
    return home


@pytest.fixture
def attune(monkeypatch: pytest.MonkeyPatch, commanded: Attune) -> Attune:
    """attune("delete", "first", typed="y"): status, output, errors; `typed` is at a terminal."""

    def run(*words: str, typed: str | None = None) -> tuple[int, str, str]:
        line = io.StringIO("" if typed is None else f"{typed}\n")
        monkeypatch.setattr(line, "isatty", lambda: typed is not None)
        monkeypatch.setattr("sys.stdin", line)
        return commanded(*words)

    return run


def runs(attune: Attune) -> list[str]:
    return [run["name"] for run in json.loads(attune("runs", "--json")[1])]


def test_what_goes_is_said_and_a_no_keeps_it(home: Home, attune: Attune) -> None:
    status, out, _ = attune("delete", "first", typed="n")
    assert status == 1
    assert "This removes “first” with its curves and its log: 3.2 MB." in out
    assert "Nothing was deleted." in out
    assert runs(attune) == ["first"]


def test_a_yes_deletes_and_so_does_the_option_unasked(home: Home, attune: Attune) -> None:
    status, out, _ = attune("delete", "first", typed="y")
    assert (status, runs(attune)) == (0, [])
    assert out.index("3.2 MB") < out.index("first is deleted")
    status, out, _ = attune("data", "delete", "more", "--yes", typed="n")
    assert status == 0
    assert "This removes “more” with 40 rows" in out
    assert "Delete it for good" not in out


@pytest.mark.parametrize("words", [("delete", "first"), ("data", "delete", "more")])
def test_without_a_terminal_a_yes_must_be_written(
    home: Home, attune: Attune, words: tuple[str, ...]
) -> None:
    """Nobody can be asked there, and what goes is gone for good."""
    status, out, error = attune(*words)
    assert (status, out) == (2, "")
    assert "--yes" in error
    assert runs(attune) == ["first"]
    assert "40 rows" in attune("data", "show", "more")[1]
    status, out, _ = attune(*words, "--yes")
    assert status == 0
    assert out.index("This removes") < out.index("is deleted")


def test_where_there_is_no_standard_input_nobody_is_asked(
    home: Home, commanded: Attune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    status, _, error = commanded("delete", "first")
    assert status == 2
    assert "--yes" in error
    assert commanded("delete", "first", "--yes")[0] == 0


def test_a_program_is_told_what_went(home: Home, attune: Attune) -> None:
    told = json.loads(attune("delete", "first", "--json")[1])
    assert told == {"deleted": "first", "bytes": 3_200_000, "checkpoints": 0, "comparisons": []}
    told = json.loads(attune("data", "delete", "more", "--json", typed="n")[1])
    assert (told["deleted"], told["versions"], told["rows"]) == (True, 1, 40)


def test_what_cannot_be_deleted_is_refused_before_anybody_is_asked(
    home: Home, attune: Attune
) -> None:
    attune("resume", "first", "--no-wait")
    status, out, error = attune("delete", "first", typed="y")
    assert status == 2
    assert "Stop it first" in error
    assert out == ""
    status, out, error = attune("data", "delete", "rows", typed="y")
    assert status == 2
    assert "“first”" in error
    assert out == ""
