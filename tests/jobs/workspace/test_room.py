"""Whether an import fits is asked of the volume where datasets lie, before it and meanwhile."""

from __future__ import annotations

import csv
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.data import read_table
from jobs.errors import DiskFull
from jobs.types import Columns
from jobs.workspace import room

Usage = namedtuple("Usage", "total used free")


def test_a_file_that_does_not_fit_is_refused_with_the_figure(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The home's own volume has room; that of its datasets has not."""
    home = bench.workspace.home
    free = {home.root: 10**12, home.datasets: 10**8}
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, free[path]))
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(2 * 10**9)
    with pytest.raises(DiskFull, match=r"4\.1 GB of disk, and 100 MB is free") as refused:
        bench.workspace.add_dataset(large, "large")
    assert str(home.datasets) in refused.value.what
    assert "--home" in refused.value.cure
    assert bench.workspace.datasets() == []
    assert [*home.datasets.iterdir()] == []
    bench.data()  # a small one fits


def wide(path: Path, spare: int = 3000, thing: str = "it") -> Path:
    """400 rows of which 3 kB are of no use and some 20 bytes are."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "page", "question", "answer"])
        out.writerows([n, "x" * spare, f"What is {thing} {n}?", f"It is {n}."] for n in range(400))
    return path


def test_of_a_wide_file_only_what_is_used_needs_room(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its 1.2 MB would not fit twice; its prompts and completions do."""
    free = room.SPARE + 200_000
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, free))
    path = wide(tmp_path / "wide.csv")
    with pytest.raises(DiskFull):
        bench.workspace.add_dataset(path, "all", prompt="page", completions=["answer"])
    made = bench.workspace.add_dataset(path, "used", prompt="question", completions=["answer"])
    assert sum(made.counts.values()) == 400
    test = wide(tmp_path / "test.csv", thing="that")
    guessed = bench.workspace.add_dataset(path, "guessed", test_file=test)
    assert guessed.counts["test"] == 400


def test_a_joint_prompt_counts_with_all_its_columns(tmp_path: Path) -> None:
    head = read_table(wide(tmp_path / "wide.csv", spare=100))
    alone = room.share(head, Columns("question", ("answer",)))
    assert 0.1 < alone < 0.35
    assert room.share(head, Columns("page + question", ("answer",))) > 0.9
    assert room.share(head, Columns("nobody", ("answer",))) == 1.0


def test_an_import_ends_before_the_last_room_is_taken(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else fills the disk meanwhile; the import leaves nothing."""
    home, left = bench.workspace.home, iter([10**9, 10**9])
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: Usage(10**12, 0, next(left, room.SPARE - 1))
    )
    rows = tmp_path / "rows.csv"
    rows.write_text("question,answer\n" + "".join(f"{n}?,{n}.\n" for n in range(40_000)))
    with pytest.raises(DiskFull, match="is free where your datasets lie"):
        bench.workspace.add_dataset(rows, "rows")
    assert bench.workspace.datasets() == []
    assert [*home.datasets.iterdir()] == []
    assert not any(p.is_file() for p in home.temporary.rglob("*"))


def test_a_version_needs_room_as_well(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.data()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, room.SPARE))
    with pytest.raises(DiskFull):
        bench.workspace.drop_row("things", "train", 0)
    assert len(bench.workspace.versions("things")) == 1


def test_packed_files_are_counted_as_they_unpack(tmp_path: Path) -> None:
    text = "the same again " * 100_000
    plain, packed, columns = (tmp_path / name for name in ("a.csv", "a.zip", "a.parquet"))
    plain.write_text(text)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, "a.csv")
    pq.write_table(pa.table({"prompt": [text[:900_000]]}), columns, use_dictionary=False)
    assert room.content(plain) == len(text)
    assert packed.stat().st_size < 20_000
    assert room.content(packed) == len(text)
    assert columns.stat().st_size < 100_000
    assert room.content(columns) > 900_000


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1 and nothing that fits", b"PK\x05\x06"])
def test_a_file_that_only_looks_packed_is_left_to_its_reader(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "odd.parquet"
    path.write_bytes(content)
    assert room.content(path) == len(content)
