"""Cells and names of columns that look like something else are text."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from hostile.workbooks import fill, workbook

from jobs.data import import_dataset, load_examples, preview
from jobs.errors import AttuneError

SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(1)">'


ODD_CELLS = {
    "a formula": '=HYPERLINK("http://example.org","x")',
    "a command": "=cmd|' /C calc'!A0",
    "a script": SCRIPT,
    "bidirectional control": "abc\u202edef\u2066ghi\u2069",
    "null": "null",
    "None": "None",
    "NA": "NA",
    "nan": "nan",
    "leading zeros": "007",
    "a long number": "12345678901234567890123",
    "a date": "2024-01-02",
    "emoji": "👩🏽‍🚀 ok",
    "a private character": "\ue000\U0010ffff",
    "a Unicode line break": "one\u2028two\x85three",
    "a template": "{prompt} {{x}} ${y}",
    "a path": "../../etc/passwd",
    "braces of JSON": '{"a": [1, 2]}',
    "quotation marks": 'say ""hi"" "',
}


@pytest.mark.parametrize("case", ODD_CELLS, ids=str)
@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx", "parquet"])
def test_an_odd_cell_is_text(case: str, ending: str, tmp_path: Path) -> None:
    cell, path = ODD_CELLS[case], tmp_path / f"rows.{ending}"
    rows = [{"prompt": f"{cell} {i}", "completion": cell} for i in range(6)]
    if ending == "csv":
        quoted = cell.replace('"', '""')
        lines = "".join(f'"{quoted} {i}","{quoted}"\n' for i in range(6))
        path.write_text("prompt,completion\n" + lines, newline="")
    elif ending == "jsonl":
        path.write_text("\n".join(map(json.dumps, rows)))
    elif ending == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        path.write_bytes(workbook(lambda book: fill(book, rows)))
    import_dataset(path, tmp_path / "d", name="d")
    kept = load_examples(tmp_path / "d", "train")
    assert {row.references for row in kept} == {(cell,)}
    assert all(row.prompt == f"{cell} {row.row - 1}" for row in kept)


def test_names_of_columns_that_are_no_names(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    names = f' prompt ,"{SCRIPT.replace(chr(34), chr(34) * 2)}",,prompt,"a\nb"'
    path.write_text(names + "\n" + "".join(f"p{i},a{i},c,d,e\n" for i in range(9)))
    seen = preview(path)
    assert seen.columns == ("prompt", SCRIPT, "column 3", "prompt (2)", "a\nb")
    assert seen.notes == (
        "White space around column names was taken away: “prompt”.",
        "Column 3 has no name; it is called “column 3” here.",
        "Two columns are called “prompt”; the later one is “prompt (2)” here.",
    )
    chosen = preview(path, prompt="prompt", completions=(SCRIPT,))
    assert chosen.cards[0].references == ("a0",)


def test_ten_thousand_columns(tmp_path: Path) -> None:
    wide = ["prompt", "completion", *(f"c{i}" for i in range(9_998))]
    path = tmp_path / "rows.csv"
    path.write_text(",".join(wide) + "\n" + (",".join(["x"] * 10_000) + "\n") * 3)
    assert len(preview(path).columns) == 10_000
    path.write_text(",".join([*wide, "more"]) + "\n" + ",".join(["x"] * 10_001) + "\n")
    with pytest.raises(AttuneError, match="10,001 columns"):
        preview(path)
