"""Rows of separated cells are in compiled code what they are to Arrow, wherever a block ends."""

import csv
import io

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ways import going, needs_compiled

from jobs.data import read_table
from jobs.data.cells import MOST_COLUMNS, Unusual, usual_cells
from jobs.data.compiled import CellLayout
from jobs.data.encoding import Encoding
from jobs.data.formats import csv as formats_csv
from jobs.data.formats import open_source
from jobs.data.source import CountedFile, ReadAs
from jobs.errors import DataError

SIGNS = st.sampled_from(['"', '""', '"a"', ",", ";", "\n", "\r\n", "\r", "a", " ", "é", "日", "😀"])
LONG = st.integers(0, 40).map(lambda length: "x" * length)
BYTES = st.lists(SIGNS | LONG, max_size=60).map("".join).map(str.encode)
CELL = st.lists(SIGNS | LONG, max_size=6).map("".join)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[CELL] * width), min_size=1, max_size=30)
)
FUZZ = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _read(path, reading, columns=None):
    """All rows, or the error in its words."""
    try:
        with open_source(path, reading) as source:
            names = source.columns if columns is None else source.columns[:: len(source.columns)]
            rows = [row for b in source.read(names, None) for row in b.to_pylist()]
            source.unread.check(len(rows))
            return rows, source.unread.told
    except DataError as error:
        return type(error), error.what, error.cure, getattr(error, "line", None)


def _same_both_ways(path, block, reading=None):
    for columns in (None, "first"):
        with going("plain"):
            expected = _read(path, reading, columns)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("jobs.data.cells.BLOCK", block)
            assert _read(path, reading, columns) == expected


@needs_compiled
@FUZZ
@given(BYTES, st.sampled_from([16, 33, 64, 4096]), st.booleans(), st.booleans())
@example(b'a,b\n1,"open\n', 64, False, False)
@example(b'a,b\n1,2\n3,"', 64, False, False)
@example(b'a,b\n1,2\n3,""', 64, False, True)
@example(b"a,b\r1,2\r\r\n3,4\r", 16, False, True)
@example(b"a,b\n1,\n,\n,2", 16, True, True)
@example(b'a,b\n"1"x"y",2\n', 64, False, True)
@example(b"\xef\xbb\xbfa,b\n1,2\n", 16, True, True)
@example(b"a,b\n1,2\n3\n4,5\n", 4096, True, True)
def test_any_bytes_are_what_they_are_to_arrow(tmp_path, content, block, leave_out, header):
    path = tmp_path / "a.csv"
    path.write_bytes(b"p,q\n" + content if header else content or b"a")
    _same_both_ways(path, block, ReadAs(separator=",", header=header, leave_out=leave_out))


@needs_compiled
@FUZZ
@given(
    ROWS,
    st.sampled_from([48, 100, 1 << 12]),
    st.sampled_from([("\n", csv.QUOTE_ALL), ("\r", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)]),
    st.booleans(),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_is_written_as_csv_is_read_back(tmp_path, rows, block, style, marked, sign):
    width = len(rows[0])
    names = [f"c{place}" for place in range(width)]
    buffer, (end, quoting) = io.StringIO(newline=""), style
    writer = csv.writer(buffer, delimiter=sign, lineterminator=end, quoting=quoting)
    writer.writerows([names, *rows])
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" * marked + buffer.getvalue().encode())
    reading = ReadAs(separator=sign, header=True)
    _same_both_ways(path, block, reading)
    read = _read(path, reading)[0]
    if isinstance(read, list):
        assert [tuple(row.values()) for row in read] == rows


def _usual(path, width=2, wanted=(0, 1), skipped=1, checked=True):
    layout = CellLayout(",", width)
    read = usual_cells(CountedFile(path), layout, skipped, wanted, checked)
    return [tuple(c.to_pylist() for c in texts) for texts, _ in read]


@needs_compiled
@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b'a,b\n1,"2"\n', [("1", "2")]),
        (b"a,b\n1,2\n3\n", None),
        (b'a,b\n1,"2\n', None),
        (b"a,b\n", None),
        (b"a,b", None),
        (b"a,b\n1,\xff\n", None),
        (b"a,b\n1,\0\n", None),
        (b"a,b\n1,\xc3", None),
        (b"a,b\n1,\xc3\n", None),
        (b"a,b\n" + b"1," + b"x" * 5000 + b"\n", None),
    ],
)
def test_what_is_not_usual_is_left_to_arrow(tmp_path, monkeypatch, content, rows):
    monkeypatch.setattr("jobs.data.cells.BLOCK", 4096)
    (tmp_path / "a.csv").write_bytes(content)
    if rows is None:
        with pytest.raises(Unusual):
            _usual(tmp_path / "a.csv", checked=False)
    else:
        (columns,) = _usual(tmp_path / "a.csv", checked=False)
        assert list(zip(*columns, strict=True)) == rows


@needs_compiled
def test_a_usual_file_is_not_given_to_arrow(tmp_path, monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr(formats_csv._Cells, "_blocks", never)
    path = tmp_path / "a.csv"
    path.write_text('prompt,completion\n"one, ""two""",three\n' * 9, encoding="utf-8")
    assert read_table(path).rows.num_rows == 17
    assert read_table(path, head=3).rows.num_rows == 3
    assert Encoding("utf-8").codec in formats_csv.UNICODE


@needs_compiled
def test_rows_that_are_right_are_given_once_before_one_that_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.data.cells.BLOCK", 64)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "".join(f"{n},x\n" for n in range(99)) + "1\n7,y\n")
    with open_source(path, ReadAs(leave_out=True)) as source:
        rows = [row["a"] for batch in source.read(None, None) for row in batch.to_pylist()]
        assert rows == [*map(str, range(99)), "7"]
        assert "line 101" in source.unread.told


def test_a_mark_that_is_not_there_takes_no_letters_away(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("How do I fly?,By jumping.\n" * 20, encoding="utf-8")
    reading = ReadAs(encoding="utf-8-sig", header=False)
    rows, _ = _read(path, reading)
    assert list(rows[0].values()) == ["How do I fly?", "By jumping."]
    _same_both_ways(path, 64, reading)


@needs_compiled
def test_many_columns_at_once_are_left_to_arrow(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(",".join(["a"] * 65) + "\n")
    for wanted in (range(64), range(65)):
        read = usual_cells(CountedFile(path), CellLayout(",", 65), 0, wanted, True)
        if len(wanted) > MOST_COLUMNS:
            with pytest.raises(Unusual):
                next(read)
        else:
            assert len(next(read)[0]) == 64
