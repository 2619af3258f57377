"""`attune data`: bring a file in, page through it, delete it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.cli import main
from studio.cli.data import spread


def run(*arguments: str, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["attune", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def attune(capsys: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "home"))
    return lambda *arguments: run(*arguments, capsys=capsys, monkeypatch=monkeypatch)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("f --completion a b --name x", "f --completion a --completion b --name x"),
        ("f --completion a --completion b", "f --completion a --completion b"),
        (
            "f --name x --completion a b c",
            "f --name x --completion a --completion b --completion c",
        ),
        ("--completion a f --name x", "--completion a f --name x"),
    ],
)
def test_several_completions_in_one_breath(given: str, meant: str) -> None:
    assert spread(given.split(), "--completion") == meant.split()


def test_add_page_and_delete(attune: Any, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    rows = "".join(f"né {i};x{i};y{i}\n" for i in range(40))
    file.write_bytes(("q;a;b\n" + rows).encode("cp1252"))
    named = ("data", "add", str(file), "--name", "d", "--prompt", "q")
    status, out, _ = attune(
        *named,
        "--completion",
        "a",
        "b",
        "--encoding",
        "cp1252",
        "--separator",
        "semicolon",
        "--json",
    )
    assert status == 0
    assert json.loads(out)["columns"]["completions"] == ["a", "b"]
    status, out, _ = attune("data", "show", "d", "--offset", "2", "--limit", "4", "--json")
    page = json.loads(out)["examples"]
    assert len(page) == 4
    assert page[0]["prompt"].startswith("né")
    assert len(page[0]["references"]) == 2
    assert attune("data", "delete", "d")[0] == 0
    status, _, err = attune("data", "show", "d")
    assert (status, "no dataset" in err) == (2, True)


def test_a_wrong_encoding_separator_or_sheet_is_one_sentence(attune: Any, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes("prompt,completion\né,b\n".encode("cp1252"))
    for option, value in (
        ("--encoding", "nonsense"),
        ("--separator", "long"),
        ("--encoding", "utf-8"),
    ):
        status, out, err = attune("data", "add", str(file), "--name", "d", option, value)
        assert (status, out) == (2, "")
        assert err.count("\n") == 1
    assert attune("data", "list", "--json")[1].strip() == "[]"
