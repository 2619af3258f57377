"""`attune compare`: where it writes, and how it is found again, over the fake workspace."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio.cli import answer, demo, wait

Attune = Callable[..., tuple[int, str, str]]
COMPARE = ("compare", "base", "house-style-lora-1", "--data", "house-style-sample")


@pytest.fixture
def attune(workspace: Any, monkeypatch: pytest.MonkeyPatch, commanded: Attune) -> Attune:
    """attune("compare", ...): status, output, errors; what is compared has ended already."""
    for module in (answer, demo):
        monkeypatch.setattr(module, "open_workspace", lambda context: workspace)
    monkeypatch.setattr(wait, "POLL", 0.0)
    return commanded


@pytest.mark.parametrize("option", ["--to", "--out"])
def test_it_says_where_it_wrote(attune: Attune, tmp_path: Path, option: str) -> None:
    path = tmp_path / "found.json"
    status, out, _ = attune(*COMPARE, option, str(path))
    assert status == 0
    assert json.loads(path.read_text(encoding="utf-8"))["outcome"]
    assert out.splitlines()[-1] == f"The comparison is in {path}."


def test_beside_a_document_it_says_so_on_standard_error(attune: Attune, tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    status, out, err = attune(*COMPARE, "--to", str(path), "--json")
    assert status == 0
    assert json.loads(out)["verdict"]
    assert f"The comparison is in {path}." in " ".join(err.split())


def test_nothing_is_said_of_a_file_that_nobody_wanted(attune: Attune) -> None:
    status, out, err = attune(*COMPARE)
    assert status == 0
    assert "The comparison is in" not in out + err


def test_help_names_the_option_as_the_other_commands_do(attune: Attune) -> None:
    told = attune("compare", "--help")[1]
    assert "--to" in told
    assert told.index("--to") < told.index("--out")


def test_the_comparison_is_named_by_the_number_that_votes_wants(
    attune: Attune, tmp_path: Path
) -> None:
    path = tmp_path / "found.json"
    out = attune(*COMPARE, "--to", str(path))[1]
    assert out.splitlines()[-2] == "Comparison 3. The blind votes on it: attune votes 3"
    assert json.loads(path.read_text(encoding="utf-8"))["comparison"] == 3
    assert json.loads(attune(*COMPARE, "--json")[1])["comparison"] == 3


def test_the_demo_names_its_comparison_too(attune: Attune, monkeypatch: pytest.MonkeyPatch) -> None:
    run = SimpleNamespace(name="house-style-lora-1")
    monkeypatch.setattr(demo, "_finished", lambda *given: run)
    assert "\nComparison 3. " in attune("demo", "--no-ui")[1]
    told = attune("demo", "--no-ui", "--json")[1]
    assert json.loads(told)["comparison"] == 3
