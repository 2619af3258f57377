"""What every registered format must do, whichever it is."""

import json
import zipfile
from pathlib import Path

import odf.table
import odf.teletype
import odf.text
import openpyxl
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from odf.opendocument import OpenDocumentSpreadsheet

from jobs.data import formats, read_table
from jobs.errors import DataError

# Trap 38: readers like to turn these into nothing, into numbers or into dates.
WORDS = ["null", "None", "NA", "nan", "N/A", "", "007", "1.10", "1e5", "true", "2024-01-02", " x "]
TEXTS = ["a, b", 'say "hi"', "two\nlines", "naïve 日本語 🙂", "tab\there", "semi;colon", "<b>|"]
ROWS = [{"prompt": f"p{i}", "completion": text} for i, text in enumerate(WORDS + TEXTS)]


def _feather(path: Path, rows: list[dict]) -> None:
    pa.feather.write_feather(pa.Table.from_pylist(rows), path)


def _stream(path: Path, rows: list[dict]) -> None:
    table = pa.Table.from_pylist(rows)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)


def _zipped(path: Path, rows: list[dict]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/train.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


def _excel(path: Path, rows: list[dict]) -> None:
    book = openpyxl.Workbook()
    for number, line in enumerate([list(rows[0]), *(list(row.values()) for row in rows)], 1):
        for column, text in enumerate(line, 1):
            book.active.cell(number, column, text).data_type = "s"
    book.save(path)


def _open_document(path: Path, rows: list[dict]) -> None:
    document, table = OpenDocumentSpreadsheet(), odf.table.Table(name="rows")
    for line in [list(rows[0]), *(list(row.values()) for row in rows)]:
        row = odf.table.TableRow()
        for text in line:
            cell = odf.table.TableCell(valuetype="string")
            paragraph = odf.text.P()
            odf.teletype.addTextToElement(paragraph, text)
            cell.addElement(paragraph)
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(path)


def _lines(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(" ||| ".join(row.values()) + "\n" for row in rows))


WRITERS = {
    ".feather": _feather,
    ".arrow": _stream,
    ".zip": _zipped,
    ".xlsx": _excel,
    ".xlsm": _excel,
    ".ods": _open_document,
    ".txt": _lines,
    ".text": _lines,
}
UNWRITTEN = (".xls", ".xlsb")  # no library at hand writes them


def rows_for(ending: str) -> list[dict]:
    """What the format can hold: a line of plain text ends at its break and is trimmed, and so are
    the cells of an open document."""
    if ending in (".txt", ".text", ".ods"):
        return [row for row in ROWS if row["completion"] == " ".join(row["completion"].split())]
    return ROWS


def _write(path: Path, rows: list[dict]) -> Path:
    table = pa.Table.from_pylist(rows)
    if path.suffix in (".jsonl", ".ndjson"):
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows))
    elif path.suffix in (".parquet", ".pq"):
        pq.write_table(table, path)
    elif path.suffix in WRITERS:
        WRITERS[path.suffix](path, rows)
    else:
        separator = "," if path.suffix == ".csv" else "\t"
        pa.csv.write_csv(table, path, pa.csv.WriteOptions(delimiter=separator))
    return path


EVERY = [ending for each in formats() for ending in each.extensions]
ENDINGS = [ending for ending in EVERY if ending not in UNWRITTEN]


@pytest.fixture(params=ENDINGS)
def ending(request):
    return request.param


def test_endings_are_lower_case_and_belong_to_one_format_each():
    assert len(set(ENDINGS)) == len(ENDINGS)
    assert {".csv", ".tsv", ".jsonl", ".json", ".parquet"} <= set(ENDINGS)
    assert all(ending == ending.lower() and ending.startswith(".") for ending in ENDINGS)


def test_trap_38_every_text_stays_the_text_it_was(ending, tmp_path):
    table = read_table(_write(tmp_path / f"rows{ending}", rows_for(ending)))
    assert table.columns == ("prompt", "completion")
    assert table.rows.to_pylist() == rows_for(ending)
    assert table.total == len(rows_for(ending))


def test_the_ending_may_be_in_capitals(ending, tmp_path):
    path = _write(tmp_path / f"rows{ending}", rows_for(ending))
    assert read_table(path.rename(tmp_path / f"ROWS{ending.upper()}")).total == len(
        rows_for(ending)
    )


def test_a_head_is_the_beginning_of_the_whole(ending, tmp_path):
    path = _write(tmp_path / f"rows{ending}", rows_for(ending))
    assert read_table(path, head=4).rows.to_pylist() == rows_for(ending)[:4]
    assert read_table(path, head=1000).rows.to_pylist() == rows_for(ending)


def test_a_file_without_rows_is_refused(ending, tmp_path):
    path = tmp_path / f"rows{ending}"
    nothing = pa.table({"prompt": pa.array([], pa.string())})
    if ending in (".parquet", ".pq"):
        pq.write_table(nothing, path)
    elif ending in (".arrow", ".feather"):
        pa.feather.write_feather(nothing, path)
    elif ending == ".ods":
        document = OpenDocumentSpreadsheet()
        document.spreadsheet.addElement(odf.table.Table(name="empty"))
        document.save(path)
    elif ending in (".xlsx", ".xlsm"):
        openpyxl.Workbook().save(path)
    elif ending == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("rows.csv", "a,b\n")
    elif ending in (".txt", ".text"):
        path.write_text("\n \n")
    else:
        path.write_text({".json": "[]", ".jsonl": "\n\n", ".ndjson": "\n"}.get(ending, "a,b\n"))
    with pytest.raises(DataError, match="holds no rows"):
        read_table(path)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"PK\x03\x04" + bytes(200),
        b"\x80\x04\x95" + b"cposix\nsystem\n",
        b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n",
        bytes(range(256)) * 20,
        bytes(range(1, 256)) * 20,
        b"\x1f\x8b\x08" + bytes(50),
    ],
)
def test_a_binary_under_this_name_is_refused_with_a_cure(ending, content, tmp_path):
    path = tmp_path / f"rows{ending}"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert path.name in caught.value.what
    assert caught.value.cure.endswith(".")


@pytest.mark.parametrize("word", ["007", "1.10", "true", "2024-01-02", "None", "nan", "1e5"])
def test_trap_38_a_column_of_nothing_else_is_still_text(word, ending, tmp_path):
    rows = [{"prompt": word, "completion": word}] * 3
    assert read_table(_write(tmp_path / f"rows{ending}", rows)).rows.to_pylist() == rows
