"""What bad input gets: exit status 2, one sentence that names the cure, nothing half-made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def brought(attune: Any, rows_file: Path) -> Any:
    attune.json("data", "add", str(rows_file), "--name", "good")
    return attune


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("empty.csv", b"", "empty"),
        ("header.csv", b"prompt,completion\n", "row"),
        ("one.csv", b"prompt,completion\na,b\n", "1 prompt"),
        ("columns.csv", b"prompt,colour\na,b\nc,d\n", "which the completion"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "text"),
        ("broken.jsonl", b'{"prompt": "a", "completion": "b"}\n{"prompt": \n', "line 2"),
        ("file.docx", b"PK\x03\x04", "CSV"),
    ],
)
def test_a_file_that_will_not_do(
    brought: Any, tmp_path: Path, name: str, content: bytes, part: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = brought.json("data", "list")
    sentence = brought.refused("data", "add", str(path), "--name", "bad")
    assert part.lower() in sentence.lower()
    assert brought.json("data", "list") == before
    assert len(list((brought.home / "datasets").iterdir())) == len(before)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--data", "good", "--method", "lora", "--set", "epoch=2"), "epochs"),
        (("--data", "good", "--method", "lora", "--set", "epochs"), "KEY=VALUE"),
        (("--data", "good", "--method", "lora", "--set", "rank=0"), "from 1 to"),
        (("--data", "good", "--method", "lora", "--set", "target_modules=nope"), "q_proj"),
        (("--data", "good", "--method", "lora", "--set", "virtual_tokens=20"), "virtual_tokens"),
        (("--data", "good", "--method", "magic"), "lora"),
        (("--data", "god", "--method", "lora"), "good"),
        (("--data", "good", "--method", "lora", "--effort", "heroic"), "thorough"),
        (("--data", "good", "--method", "lora", "--name", "a/b"), "slash"),
        (("--data", "good", "--method", "lora", "--name", "base"), "base"),
        (("--data", "good", "--method", "lora", "--seed", "-1"), "from 0 to"),
        (("--data", "good", "--method", "lora", "--seed", "9" * 30), "from 0 to"),
        (("--data", "good", "--method", "lora", "--model", "nobody/nothing-1b"), "nobody/nothing"),
        (("--method", "lora"), "--data"),
    ],
)
def test_a_run_that_cannot_start(brought: Any, words: tuple[str, ...], part: str) -> None:
    before = brought.json("runs")
    assert part.lower() in brought.refused("train", *words).lower()
    assert brought.json("runs") == before


def test_a_folder_that_is_no_model(brought: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    words = ("--data", "good", "--method", "lora", "--model", str(tmp_path))
    assert "config.json" in brought.refused("train", *words)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x02")
    assert "safetensors" in brought.refused("train", *words)


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "show", "nobody"),
        ("runs", "log", "nobody"),
        ("stop", "nobody"),
        ("resume", "nobody"),
        ("delete", "nobody"),
        ("export", "nobody", "--to", "somewhere"),
        ("ask", "nobody", "--prompt", "Hello"),
        ("compare", "base", "nobody", "--data", "good"),
        ("compare", "base", "--data", "nobody"),
        ("compare", "base", "--data", "good", "--split", "nobody"),
        ("compare", "base", "--data", "good", "--dtype", "float8"),
        ("data", "show", "nobody"),
        ("nobody",),
    ],
)
def test_a_name_that_nobody_gave(brought: Any, words: tuple[str, ...]) -> None:
    assert "nobody" in brought.refused(*words) or "float8" in words


def test_a_result_that_cannot_be_written_is_refused_before_the_work(
    brought: Any, tmp_path: Path
) -> None:
    words = ("compare", "base", "--data", "good", "--out")
    assert "is a folder" in brought.refused(*words, str(tmp_path))
    assert "no folder" in brought.refused(*words, str(tmp_path / "missing" / "x.json"))


def test_a_name_that_is_taken(brought: Any, rows_file: Path) -> None:
    assert "good" in brought.refused("data", "add", str(rows_file), "--name", "good")


def test_an_address_beyond_this_machine_wants_a_password(brought: Any) -> None:
    assert "password" in brought.refused("ui", "--host", "0.0.0.0", "--no-browser")
