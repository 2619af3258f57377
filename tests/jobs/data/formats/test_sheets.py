"""Which sheet of a workbook, and which file of an archive, is read where nobody says it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import odf.table
import odf.text
import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet

from jobs.data import ReadAs, preview
from jobs.errors import DataError

COVER = [["Examples of our support team"]]
ROWS = [["prompt", "completion"], *([f"Ask {n}", f"Answer {n}"] for n in range(8))]


def _xlsx(path: Path, **sheets: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def _ods(path: Path, **sheets: list[list[str]]) -> Path:
    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = odf.table.Table(name=name)
        for row in rows:
            line = odf.table.TableRow()
            for text in row:
                cell = odf.table.TableCell(valuetype="string")
                cell.addElement(odf.text.P(text=text))
                line.addElement(cell)
            table.addElement(line)
        document.spreadsheet.addElement(table)
    document.save(path)
    return path


@pytest.mark.parametrize(("write", "name"), [(_xlsx, "book.xlsx"), (_ods, "book.ods")])
def test_the_first_sheet_with_examples_is_read_and_another_can_be_chosen(
    write, name, tmp_path: Path
) -> None:
    more = [*ROWS, ["One", "more"]]
    path = write(tmp_path / name, Cover=COVER, Empty=[], Examples=ROWS, More=more)
    seen = preview(path)
    assert (seen.rows, seen.reading.sheet) == (8, "Examples")
    assert "Of 4 sheets “Examples” is read." in seen.notes
    assert seen.sheets == ("Cover", "Empty", "Examples", "More")
    assert preview(path, reading=ReadAs(sheet="More")).rows == 9
    with pytest.raises(DataError, match="holds no rows"):
        preview(path, reading=ReadAs(sheet="Empty"))


def test_the_first_sheet_is_read_where_none_holds_pairs(tmp_path: Path) -> None:
    lines = [["chat"], ["One"], ["Two"]]
    path = _xlsx(tmp_path / "book.xlsx", First=lines, Second=COVER)
    assert preview(path).reading.sheet == "First"


def test_a_note_in_an_archive_is_not_taken_for_the_examples(tmp_path: Path) -> None:
    path = tmp_path / "rows.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README.txt", "These are examples.\nAsk us.\n")
        archive.writestr("rows.csv", "\n".join(map(",".join, ROWS)))
    seen = preview(path)
    assert (seen.rows, seen.reading.sheet) == (8, "rows.csv")
    assert seen.sheets == ("README.txt", "rows.csv")
