"""What lies in an archive or a workbook leads nowhere."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from hostile.archives import zipped
from hostile.lines import GOOD
from hostile.workbooks import entities_workbook, workbook

from jobs.data import import_dataset, load_examples, preview
from jobs.errors import AttuneError


def test_paths_in_a_zip_lead_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    archive = folder / "rows.zip"
    archive.write_bytes(zipped(**{"../../../escaped.csv": b"x", "/root.csv": GOOD.encode()}))
    before = sorted(tmp_path.rglob("*"))
    made = import_dataset(archive, tmp_path / "d", name="d")
    assert sum(made.counts.values()) == 12
    assert sorted(p for p in tmp_path.rglob("*") if "d" not in p.parts[-2:]) == before
    assert not list(tmp_path.parent.glob("escaped*"))


def test_formulas_and_links_of_a_workbook_are_not_followed(tmp_path: Path) -> None:
    def filled(book: openpyxl.Workbook) -> None:
        book.active.append(["prompt", "completion"])
        for i in range(8):
            book.active.append([f"p{i}", f"a{i}"])
        book.active.append(
            ["=[http://127.0.0.1:9/x.xlsx]S!A1", '=WEBSERVICE("http://127.0.0.1:9")']
        )

    path = tmp_path / "rows.xlsx"
    path.write_bytes(workbook(filled))
    made = import_dataset(path, tmp_path / "d", name="d")
    assert sum(made.counts.values()) == 8  # a formula that was never calculated has no value
    assert "127.0.0.1" not in str([load_examples(tmp_path / "d", s) for s in ("train", "test")])


def test_entities_of_a_workbook_neither_grow_nor_read_files(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    path.write_bytes(entities_workbook())
    try:
        text = str(preview(path))
    except AttuneError:
        return
    assert "root:" not in text
    assert len(text) < 100_000
