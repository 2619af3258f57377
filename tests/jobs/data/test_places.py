"""A row is found by the number that it has in its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.data import import_dataset, load_examples
from jobs.data.places import place_of
from jobs.errors import InputError, NotFound
from jobs.types import Split

SPLITS: tuple[Split, ...] = ("train", "validation", "test")


def brought(folder: Path, test: str = "") -> Path:
    rows = [f"question {n},answer {n}\n" for n in range(30)]
    rows[4] = ",no prompt\n"
    (folder / "rows.csv").write_text("prompt,completion\n" + "".join(rows))
    test_file = None
    if test:
        test_file = folder / "test.csv"
        test_file.write_text("prompt,completion\n" + test)
    import_dataset(folder / "rows.csv", folder / "d", name="d", test_file=test_file)
    return folder / "d"


def test_every_row_is_found_by_its_number(tmp_path: Path) -> None:
    folder = brought(tmp_path)
    for split in SPLITS:
        for position, row in enumerate(load_examples(folder, split)):
            assert place_of(folder, row.row) == (split, position)
            assert row.prompt == f"question {row.row - 1}"


def test_a_row_that_was_left_out_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no row 5 in this data") as caught:
        place_of(brought(tmp_path), 5)
    assert "left out" in caught.value.cure


def test_a_number_that_a_test_file_has_too_must_be_told_apart(tmp_path: Path) -> None:
    folder = brought(tmp_path, "one,a\ntwo,b\n")
    with pytest.raises(InputError, match="a file of its own"):
        place_of(folder, 2)
    assert place_of(folder, 2, "test") == ("test", 1)
    with pytest.raises(NotFound, match="part of the data"):
        place_of(folder, 20, "test")
