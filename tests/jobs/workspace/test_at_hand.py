"""What pages ask for at every look is read once, and anew where its files have changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from jobs.errors import DataError
from jobs.models.source import resolve
from jobs.workspace import at_hand
from jobs.workspace.at_hand import DATASETS, TOKENIZERS, AtHand


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read from the disk, in order."""
    told: list[str] = []
    for name in ("load_tokenizer", "read_examples"):
        was = getattr(at_hand, name)
        monkeypatch.setattr(
            at_hand, name, lambda *a, was=was, name=name: told.append(name) or was(*a)
        )
    return told


def test_the_second_look_reads_nothing(bench: Any, tiny: Any, read: list[str]) -> None:
    bench.data()
    spec, workspace = str(tiny("llama")), bench.workspace
    first = workspace.mask("things", model=spec, limit=2), workspace.reading("things", spec)
    assert read.count("load_tokenizer") == 1
    read.clear()
    again = workspace.mask("things", model=spec, limit=2), workspace.reading("things", spec)
    assert again == first
    assert read == []


def test_a_tokenizer_that_was_changed_is_read_anew(
    bench: Any, tiny: Any, tmp_path: Path, read: list[str]
) -> None:
    bench.data()
    model = tmp_path / "model"
    shutil.copytree(tiny("llama"), model)
    before = bench.workspace.reading("things", str(model), limit=1)
    (model / "chat_template.jinja").write_text(
        "{% for m in messages %}CHANGED {{ m.content }}{% endfor %}"
    )
    after = bench.workspace.reading("things", str(model), limit=1)
    assert read.count("load_tokenizer") == 2
    assert after.texts[0].startswith("CHANGED")
    assert not before.texts[0].startswith("CHANGED")


def test_rows_that_are_gone_are_not_shown_from_memory(bench: Any, tiny: Any) -> None:
    dataset = bench.data()
    folder = bench.workspace.home.dataset(dataset.id)
    bench.workspace.mask("things", model=str(tiny("llama")))
    os.rename(folder, folder.with_name("away"))
    with pytest.raises(DataError, match="cannot be read"):
        bench.workspace.mask("things", model=str(tiny("llama")))


def test_what_is_kept_is_bounded(bench: Any, tiny: Any, tmp_path: Path) -> None:
    kept = AtHand(bench.workspace.home)
    for number in range(TOKENIZERS + 2):
        model = tmp_path / str(number)
        shutil.copytree(tiny("llama"), model)
        with kept.tokenizer(resolve(str(model))):
            pass
    assert len(kept._tokenizers) == TOKENIZERS
    dataset = bench.data()
    for limit in range(1, DATASETS + 3):
        assert len(kept.first(dataset.id, limit)) == limit
    assert len(kept._rows) == DATASETS
