"""`attune forget` and what `attune runs show` tells of it, over the fake workspace."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.cli import forget, runs, wait

Attune = Callable[..., tuple[int, str, str]]


@pytest.fixture
def attune(workspace: Any, monkeypatch: pytest.MonkeyPatch, commanded: Attune) -> Attune:
    """attune("forget", ...): status, output, errors; what is asked is answered at once."""
    for module in (forget, runs):
        monkeypatch.setattr(module, "open_workspace", lambda context: workspace)
    monkeypatch.setattr(wait, "POLL", 0.0)

    def done(job_id: int) -> Any:
        run = workspace.run_by_id(job_id - 4000)
        return workspace.forgettings(run.name)[0].job

    monkeypatch.setattr(workspace, "job_by_id", done)

    return commanded


@pytest.fixture
def run(workspace: Any) -> str:
    """One that was looked at long ago."""
    name: str = workspace.run_by_id(4).name
    return name


def test_the_sentence_comes_first_and_a_line_a_task(attune: Attune, run: str) -> None:
    status, out, _ = attune("forget", run)
    assert status == 0
    assert "forgot some of what its base could do" in out
    assert "→" in out


@pytest.mark.parametrize("ending", ["csv", "json", "JSON"])
def test_it_is_written_to_a_file_as_well(
    attune: Attune, run: str, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"forgot.{ending}"
    status, out, _ = attune("forget", run, "--to", str(path))
    assert status == 0
    text = path.read_text(encoding="utf-8-sig")
    if ending == "csv":
        rows = list(csv.DictReader(text.splitlines(keepends=True)))
        assert {"task", "prompt", "reference", "base", run} <= set(rows[0])
    else:
        assert json.loads(text)["sentence"] in out
    assert out.splitlines()[-1] == f"What it forgot is in {path}."


def test_a_limit_reaches_the_question(
    attune: Attune, run: str, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    real = workspace.forget
    monkeypatch.setattr(
        workspace, "forget", lambda name, **how: asked.append(how) or real(name, **how)
    )
    attune("forget", run, "--limit", "60")
    assert asked == [{"data": None, "limit": 60}]


@pytest.mark.parametrize(
    ("name", "said"), [("forgot.txt", "neither a .csv nor a .json"), ("no/a.csv", "no folder")]
)
def test_a_file_that_cannot_be_is_told_before_anything_is_asked(
    attune: Attune, workspace: Any, tmp_path: Path, name: str, said: str
) -> None:
    fresh = workspace.run_by_id(5).name
    status, out, err = attune("forget", fresh, "--to", str(tmp_path / name))
    assert (status, out) == (2, "")
    assert said in err
    assert not workspace.looked


def test_a_run_that_is_shown_tells_what_it_forgot_or_how_to_see_it(
    attune: Attune, run: str, workspace: Any
) -> None:
    assert "forgot some of what its base could do" in attune("runs", "show", run)[1]
    other = workspace.run_by_id(5).name
    out = attune("runs", "show", other)[1]
    assert f"attune forget {other}" in out
    assert f"attune runs inside {other}" in out
    told = json.loads(attune("runs", "show", run, "--json")[1])
    assert told["forgotten"].startswith("“")
    assert told["soft_prompt"] is None
