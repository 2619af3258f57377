"""The commands that mend a dataset, undo and list its versions, over a real home."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.cli import main

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("list", ...)`: the exit status of `attune data list ...`."""

    def called(*words: str) -> int:
        monkeypatch.setattr("sys.argv", ["attune", "data", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return called


@pytest.fixture
def home(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    rows = [(f"What is thing {n}?", f"It is number {n}.") for n in range(60)]
    lines = [json.dumps({"prompt": p, "completion": c}) for p, c in [*rows, rows[3], rows[3]]]
    path = tmp_path / "things.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    where = ["--home", str(tmp_path / "home")]
    assert run("add", str(path), "--name", "my things", *where) == 0
    capsys.readouterr()
    return where


def test_show_names_the_command_that_mends(
    run: Run, home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run("show", "my things", *home)
    assert "attune data mend 'my things' duplicates" in capsys.readouterr().out


def test_mend_versions_and_undo(
    run: Run, home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("mend", "my things", "duplicates", *home) == 0
    told = capsys.readouterr().out
    assert "my things is at version 2: repeated rows left out (2 dropped)." in told
    run("versions", "my things", *home)
    listed = capsys.readouterr().out
    assert "2 *" in listed
    assert "As it was added" in listed
    assert run("undo", "my things", "--json", *home) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1
    run("versions", "my things", "--use", "2", "--json", *home)
    assert [d["current"] for d in json.loads(capsys.readouterr().out)] == [True, False]


def test_what_cannot_be_mended_is_said(
    run: Run, home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("mend", "my things", "secrets", *home) != 0
    assert "has not found" in capsys.readouterr().err
    assert run("undo", "my things", *home) != 0
    assert "nothing to undo" in capsys.readouterr().err
    assert run("mend", "my things", "nosuch", *home) == 2
    said = capsys.readouterr().err
    assert "duplicates" in said
    assert "too_long," in said, "what `show` advises is among what can be mended"
    assert "too_long_asked" not in said, "of the test, which stays as it is"


def test_show_tells_the_versions_and_long_rows_in_tokens(
    run: Run, home: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"prompt": f"Question {n}", "completion": f"Answer {n}."} for n in range(60)]
    rows[7]["prompt"] = "seven " * 4000
    rows.append(rows[5])  # a note of the doctor's, which comes after the model's warning
    path = tmp_path / "long.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    run("add", str(path), "--name", "long", *home)
    assert run("drop-row", "long", "9", *home) == 0
    capsys.readouterr()
    run("show", "long", *home)
    told = capsys.readouterr().out
    assert "1 training row is longer than the 1,024 tokens that a run reads" in told
    assert "The model can read 2,048, and 1 of them is longer than that." not in told
    assert "The model can read 2,048, and it is longer than that." in told
    assert "more than 4,000 characters" not in told
    assert "the longest 4," in told
    assert "a run reads up to 1,024 unless you set more, the model can read 2,048." in told
    assert "Versions: 2 a row dropped (this one), 1 as it was added." in told
    run("show", "long", "--json", *home)
    document = json.loads(capsys.readouterr().out)
    assert "too_long" in [finding["code"] for finding in document["findings"]]
    severities = [finding["severity"] for finding in document["findings"]]
    assert severities == sorted(severities, key=("error", "warning", "note").index)
    assert told.index("warning: 1 training row is longer") < told.index("\nnote: ")
    assert (document["limit"], document["model_limit"]) == (1024, 2048)
    assert [each["version"] for each in document["versions"]] == [2, 1]
    assert run("mend", "long", "too_long", *home) == 0
