import contextlib
import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.data import read_table
from jobs.errors import DataError

TEXT = "prompt,completion\nWo ist das Café?,Über dem Fluss – “dort”\nnaïve,déjà vu\n"


def _read(tmp_path, content, name="rows.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_encodings_are_found_out_and_said(codec, said, tmp_path):
    table = _read(tmp_path, TEXT.encode(codec))
    expected = list(csv.DictReader(io.StringIO(TEXT)))
    assert table.rows.to_pylist() == expected
    assert said in " ".join(table.notes)
    assert bool(said) == bool(table.notes)


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("gbk", "提示,回答\n今天天气怎么样?,很好\n请总结这段话,好的\n"),
        ("shift_jis", "質問,答え\n今日の天気はどうですか,いいです\n"),
        ("cp1251", "вопрос,ответ\nкак дела,хорошо\n"),
    ],
)
def test_encodings_of_other_scripts(codec, text, tmp_path):
    table = _read(tmp_path, (text * 5).encode(codec))
    assert ",".join(table.columns) == text.splitlines()[0]


def test_an_encoding_that_cannot_be_told_is_an_error_with_the_cure(tmp_path):
    content = b"a,b\n" + bytes(range(0x80, 0x100)) * 3
    with pytest.raises(DataError) as caught:
        _read(tmp_path, content)
    assert "UTF-8" in caught.value.cure
    assert "line 2" in caught.value.what


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv"])
def test_separators_are_found_out(separator, name, tmp_path):
    rows = [["prompt", "completion"], ["a, b; c", "d"], ['"q"', "x\ny"], ["1;2;3", "4,5"]]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(rows)
    table = _read(tmp_path, buffer.getvalue(), name)
    assert [list(row.values()) for row in table.rows.to_pylist()] == rows[1:]


def test_line_breaks_of_all_kinds_and_blank_lines(tmp_path):
    for end in ("\n", "\r\n", "\r"):
        table = _read(tmp_path, end.join(["", "", "a,b", "1,2", "", '3,"4', '5"', ""]))
        assert table.rows.to_pylist() == [{"a": "1", "b": "2"}, {"a": "3", "b": f"4{end}5"}]


def test_headers_are_made_unique_and_it_is_said(tmp_path):
    table = _read(tmp_path, "a , a,,b\n1,2,3,4\n")
    assert table.columns == ("a", "a (2)", "column 3", "b")
    assert table.notes == (
        "White space around column names was taken away: “a”.",
        "Two columns are called “a”; the later one is “a (2)” here.",
        "Column 3 has no name; it is called “column 3” here.",
    )


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a,b\n1,2\n3\n4,5\n", 3),
        ('a,b\n1,"x\ny"\n3,4,5\n', 4),
        ('a,b\n1,2\n3,"open\n4,5\n6,7\n', 3),
        ('a,b\n1,2\n"open,3\n4,5\n', 3),
    ],
)
def test_a_malformed_row_is_named_by_its_line(content, line, tmp_path):
    with pytest.raises(DataError, match=rf"[Ll]ine {line} of “rows.csv”") as caught:
        _read(tmp_path, content)
    assert "quotation mark" in caught.value.cure or "Close it" in caught.value.cure


def test_an_open_quotation_mark_is_found_in_utf_16_too(tmp_path):
    for codec in ("utf-16", "utf-16-be"):
        closed = _read(tmp_path, 'a,b\n1,"x\ny"\n'.encode(codec))
        assert closed.rows.to_pylist() == [{"a": "1", "b": "x\ny"}]
        with pytest.raises(DataError, match="line 2"):
            _read(tmp_path, 'a,b\n1,"x\ny\n'.encode(codec))


def test_a_row_larger_than_a_block(tmp_path):
    long = "x y " * (2 << 20)
    assert _read(tmp_path, f"a,b\n1,{long}\n2,3\n").rows.to_pylist()[0]["b"] == long


def test_very_many_columns(tmp_path):
    names = [f"column_{i}" for i in range(10_000)]
    table = _read(tmp_path, ",".join(names) + "\n" + ",".join("1" * 10_000) + "\n")
    assert table.columns == tuple(names)


cells = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n,;|\t\"'"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells), min_size=1),
    end=st.sampled_from(["\n", "\r\n"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_pythons_writer_writes_is_read_back(rows, end, codec, tmp_path):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("prompt", "completion"), *rows])
    table = _read(tmp_path, buffer.getvalue().encode(codec))
    assert [tuple(row.values()) for row in table.rows.to_pylist()] == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(min_size=1) | st.text('ab,;"\n\r\t|', min_size=1).map(str.encode))
def test_any_bytes_are_a_table_or_an_error_of_ours(content, tmp_path):
    with contextlib.suppress(DataError):
        table = _read(tmp_path, content)
        assert table.rows.num_rows > 0
        assert len(set(table.columns)) == table.rows.num_columns


def test_an_open_quotation_mark_is_told_where_the_rows_stay_as_wide(tmp_path):
    path = tmp_path / "tickets.csv"
    rows = [f"T-{i};Where is order {i}?;On its way." for i in range(1, 6)]
    rows[2] = 'T-3;"It never came;We send a new one.'
    rows[3] = 'T-4;The zip broke.;"Send it back; quote 4."'
    path.write_text("\n".join(["id;asked;said", *rows]), encoding="utf-8")
    table = read_table(path)
    assert table.rows.num_rows == 4
    assert any(
        "line 4 was perhaps never closed: that row goes on to line 5" in n for n in table.notes
    )
    closed = path.read_text(encoding="utf-8").replace('"It never came', "It never came")
    for text in (
        closed,
        closed.replace("Where is", 'Where "is" my "big" one'),
        '"a\nb";c\n"d";"e\nf"',
    ):
        path.write_text(text, encoding="utf-8")
        assert not any("quotation" in note for note in read_table(path).notes)
