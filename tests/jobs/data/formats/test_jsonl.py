import contextlib
import io
import json
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobs.data import read_table
from jobs.data.formats import jsonl
from jobs.data.json_trouble import Trouble, trouble
from jobs.data.objects import loads
from jobs.errors import BrokenLine, DataError


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


SLIPS = [
    ('{"a": "x" "b": "y"}', "a comma is missing", '"'),
    ('{"a": "x, "b": "y"}', "a quotation mark is missing", ","),
    ('{"a: "x", "b": "y"}', "a quotation mark is missing", ":"),
    ('{a": "x", "b": "y"}', "a quotation mark is missing", "a"),
    ('{"a": x", "b": "y"}', "a quotation mark is missing", "x"),
    ('{"a": "x", b": "y"}', "a quotation mark is missing", "b"),
    ('{"a": "x", "b": "y}', "a quotation mark is missing", "}"),
    ('{"a" "x", "b": "y"}', "a colon is missing", '"'),
    ('{"a": "x", "b": }', "a text is missing", "}"),
    ('{"a": "x", "b": "y",}', "there is a comma too many", ","),
    (
        '{"a": "he said "hi" to", "b": "y"}',
        'a quotation mark inside a text is not written \\"',
        '"',
    ),
    ('{"a": "x", "b": "y"', "the line breaks off", "↵"),
    ('{"a": "x", "b": "y', "a quotation mark is opened and never closed", '"'),
    ("{'a': 'x'}", "a single quotation mark stands in the place of a double one", "'"),
    ('{"a": None}', "None stands in the place of null", "N"),
    ('{"a": "c:\\x"}', "a backslash that belongs to a text is not written twice", "\\"),
    ('{"a": "x\ty"}', "a tab stands inside a text as it is", "\\t"),
    ('{"a": "x"} {"a": "y"}', "more follows after the end of the object", "{"),
    ("hello", "something else than { stands", "h"),
    ('{"a": }x" "', "a text in quotation marks is missing", "}"),
    ('{"a": "x "b": "y"}', "something is missing, or stands there by mistake,", "b"),
    ('{"a" "b" "c" "d"', "something is missing, or stands there by mistake,", '"'),
]


@pytest.mark.parametrize(("line", "words", "marked"), SLIPS)
def test_what_is_wrong_with_a_line_is_said_in_plain_words_and_shown(tmp_path, line, words, marked):
    """Python says “Expecting ',' delimiter” of nearly all of them."""
    with pytest.raises(BrokenLine) as caught:
        _read(tmp_path, f'{{"a": "x"}}\n{line}\n')
    error = caught.value
    assert error.what.startswith(f"Line 2 of “rows.jsonl” is not JSON: {words} at character ")
    assert error.excerpt.marked == marked
    before, after = error.excerpt.before, error.excerpt.after
    place = int(error.what.rsplit(" ", 1)[1].removesuffix("."))
    assert len(before) == place - 1
    there = "" if marked == "↵" else marked.replace("\\t", "\t")
    assert before + there + after == line


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a", "b", "prompt"]), st.text(max_size=12), min_size=1),
    st.data(),
)
def test_what_is_called_missing_makes_the_line_readable(row, data):
    """One sign taken out of a good line: where the error names a sign, putting it back mends it."""
    line = json.dumps(row, ensure_ascii=False)
    at = data.draw(st.integers(0, len(line) - 1))
    broken = line[:at] + line[at + 1 :]
    try:
        loads(broken)
    except json.JSONDecodeError as error:
        found = trouble(broken, error, loads)
    except ValueError:
        return
    else:
        return
    sign = {"a comma": ",", "a colon": ":", "a quotation mark": '"', "a text": '""'}
    if found.words.endswith(" is missing") and (put := sign.get(found.words[:-11])):
        loads(broken[: found.at] + put + broken[found.at :])


def test_a_long_line_is_shown_around_the_place_and_what_nobody_sees_as_an_escape(tmp_path):
    line = '{"a": "' + "x" * 500 + '\u202e" "b": "' + "y" * 500 + '"}'
    with pytest.raises(BrokenLine) as caught:
        _read(tmp_path, line)
    found = caught.value.excerpt
    assert found.before.startswith("…x")
    assert found.before.endswith('x\\u202e" ')
    assert found.marked == '"'
    assert found.after.startswith('b": "y')
    assert found.after.endswith("y…")
    assert len(found.before + found.after) < 140


@pytest.mark.parametrize(
    "line", ['{"a": "x' + "}" * 90_000 + "y", '{"a"' + " " * 90_000 + "x}"], ids=["ends", "spaces"]
)
def test_a_line_of_signs_is_explained_about_as_fast_as_it_is_read(line):
    began = time.process_time()
    for _ in range(10):
        with pytest.raises(json.JSONDecodeError) as caught:
            loads(line)
    reading = (time.process_time() - began) / 10
    began = time.process_time()
    assert trouble(line, caught.value, loads).words
    assert time.process_time() - began < 1000 * max(reading, 1e-4)


def test_a_comma_too_many_is_told_where_python_stops_at_it():
    text = '{"a": "x",}'
    error = json.JSONDecodeError("Illegal trailing comma before end of object", text, 9)  # 3.13
    assert trouble(text, error, loads) == Trouble("there is a comma too many", 9)


def test_a_huge_line_is_explained_without_trying_mends(tmp_path):
    line = '{"a": "' + "x" * 200_000 + '" "b": "y"}'
    with pytest.raises(BrokenLine, match="something is missing, or stands there by mistake, at"):
        _read(tmp_path, line)
