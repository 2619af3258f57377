import contextlib
import io
import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobs.data import read_table
from jobs.data.formats import jsonl
from jobs.errors import DataError


def _read(tmp_path, content, name="rows.jsonl"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


def test_rows_may_have_different_keys_and_kinds(tmp_path):
    lines = [{"a": 1, "b": "x"}, {"c": [1, "two", None]}, {"a": None, "c": "one", "d": {"e": 1.10}}]
    table = _read(tmp_path, "\n\n".join(map(json.dumps, lines)))
    assert table.columns == ("a", "b", "c", "d")
    assert table.rows.column("a").to_pylist() == ["1", None, None]
    assert table.rows.column("c").to_pylist() == [None, ["1", "two", None], ["one"]]


def test_lists_and_texts_of_one_column_meet_over_chunks(tmp_path):
    lines = [{"a": "x"}] * 9000 + [{"a": ["y", "z"], "b": "late"}]
    table = _read(tmp_path, "\n".join(map(json.dumps, lines)))
    column = table.rows.column("a").to_pylist()
    assert (column[0], column[-1]) == (["x"], ["y", "z"])
    assert table.rows.column("b").to_pylist()[-2:] == [None, "late"]


def test_numbers_keep_the_digits_they_were_written_with(tmp_path):
    big = "123456789012345678901234567890"
    line = f'{{"a": 1.10, "b": 7, "c": {big}, "d": {{"e": [1.10, "1"]}}, "f": 1e5}}'
    row = _read(tmp_path, line).rows.to_pylist()[0]
    assert (row["a"], row["b"], row["f"]) == ("1.10", "7", "1e5")
    assert row["c"] == big
    assert row["d"] == '{"e": [1.10, "1"]}'


def test_other_line_breaks_of_unicode_stay_inside_a_text(tmp_path):
    text = "one\u2028two\x85three"
    table = _read(tmp_path, json.dumps({"a": text}, ensure_ascii=False) + "\n")
    assert table.rows.to_pylist() == [{"a": text}]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(codec, tmp_path):
    content = '{"a": "café"}\n{"a": "naïve"}\n'.encode(codec)
    assert _read(tmp_path, content).rows.column("a").to_pylist() == ["café", "naïve"]


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ('{"a": 1', "not JSON"),
        ("prompt,completion", "not JSON"),
        ("[1, 2]", "not an object"),
        ('"text"', "not an object"),
        ('{"a": NaN}', "NaN"),
        ('{"a": Infinity}', "Infinity"),
        ('{"a": "\\ud800"}', "half a character"),
        ('{"a": ["\\ud800"]}', "half a character"),
        ('{"\\ud800": "a"}', "half a character"),
        ('{"a": ' + "[" * 100_000, "nested"),
    ],
)
def test_a_bad_line_is_named(bad, word, tmp_path):
    with pytest.raises(
        DataError, match=rf"(?i)(line 3 of|in line 3).*{word}|{word}.*line 3"
    ) as caught:
        _read(tmp_path, f'{{"a": "x"}}\n\n{bad}\n{{"a": "y"}}\n')
    assert caught.value.cure


def test_json_under_this_name_is_told_so(tmp_path):
    with pytest.raises(DataError) as caught:
        _read(tmp_path, json.dumps([{"a": 1}], indent=1))
    assert ".json" in caught.value.cure


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.dictionaries(st.text(min_size=1), values, min_size=1), min_size=1))
def test_every_text_comes_back_and_no_row_is_lost(rows, tmp_path):
    table = _read(tmp_path, "\n".join(json.dumps(row) for row in rows))
    assert table.rows.num_rows == len(rows)
    assert len(set(table.columns)) == table.rows.num_columns
    held = {
        text
        for row in table.rows.to_pylist()
        for cell in row.values()
        if cell is not None
        for text in (cell if isinstance(cell, list) else [cell])
    }
    assert {v for row in rows for v in row.values() if isinstance(v, str)} <= held


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(min_size=1) | st.text('{}[]":, a1\n', min_size=1).map(str.encode))
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json"])
def test_any_bytes_are_a_table_or_an_error_of_ours(name, content, tmp_path):
    with contextlib.suppress(DataError):
        assert _read(tmp_path, content, name).rows.num_rows > 0


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_a_line_that_breaks_off_is_told_at_its_end(tmp_path, ending):
    with pytest.raises(DataError, match=r"^Line 2 of .* at character 10\. "):
        _read(tmp_path, '{"a": "x"}\n{"a": "x"' + ending)


@given(st.binary(max_size=200).map(lambda text: text.replace(b"\0", b"\n")), st.integers(1, 40))
@example(b"ab\ncd", 2)
@example(b"abcdefgh\n", 1)
def test_blocks_are_whole_lines_and_nothing_is_lost(text, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "BLOCK", size)
        blocks = [bytes(block) for block in jsonl.whole_lines(io.BytesIO(text))]
    assert b"".join(blocks) == text
    assert all(block.endswith(b"\n") for block in blocks[:-1])
    assert all(blocks)


def test_a_line_that_never_ends_is_told_before_it_fills_the_memory():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "BLOCK", 4)
        patch.setattr(jsonl, "LONGEST_LINE", 16)
        blocks = jsonl.whole_lines(io.BytesIO(b"ab\n" + b"x" * 100))
        assert bytes(next(blocks)) == b"ab\n"
        assert next(blocks) is None


def test_what_is_wrong_with_a_line_is_one_sentence(tmp_path):
    """Python's own words for a text without its end are “Unterminated string starting at”."""
    with pytest.raises(DataError, match="unterminated string starting at character 7") as caught:
        _read(tmp_path, '{"a": "x')
    assert "at at" not in str(caught.value)
