import json
from pathlib import Path

import pytest

from jobs.data import ReadAs, preview, read_table
from jobs.errors import DataError, InputError


def _read(tmp_path, content):
    (tmp_path / "rows.json").write_text(content)
    return read_table(tmp_path / "rows.json").rows.to_pylist()


ROWS = [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ROWS, indent=2),
        json.dumps({"version": "1", "data": ROWS}),
        json.dumps({"a": ["1", "2"], "b": ["x", "y"]}),
        "\n".join(map(json.dumps, ROWS)),
    ],
)
def test_shapes(content, tmp_path):
    assert _read(tmp_path, content) == ROWS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", "no list"),
        ('"text"', "no list"),
        ('{"a": [1], "b": [1, 2]}', "no list"),
        ("[1, 2]", "Entry 1"),
        ('[{"a": 1}, 2]', "Entry 2"),
        ('[{"a": NaN}]', "NaN"),
        ('[{"a": "\\udc00"}]', "entry 1"),
        ("[" * 100_000, "nested"),
    ],
)
def test_errors_say_where(content, words, tmp_path):
    with pytest.raises(DataError, match=words) as caught:
        _read(tmp_path, content)
    assert any(way in caught.value.cure for way in ("[{", "null", "UTF-8"))


def test_an_object_with_several_lists_is_asked_which(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    sides = {"test": rows_of("t", 2), "train": rows_of("p", 3)}
    path.write_text(json.dumps({"version": 1, "data": {**sides, "about": {"by": "us"}}}))
    seen = preview(path)
    assert (seen.rows, seen.reading.sheet) == (3, "data.train")
    assert seen.sheets == ("data.test", "data.train")
    assert seen.notes[0] == "Of 2 lists in the file “data.train” is read."
    assert preview(path, reading=ReadAs(sheet="data.test")).rows == 2
    with pytest.raises(InputError, match="no list “dev”") as caught:
        preview(path, reading=ReadAs(sheet="dev"))
    assert "“data.test”" in caught.value.cure


@pytest.mark.parametrize("text", ["[]", " [ ] \n", '{"data": []}'])
def test_an_empty_list_is_called_that(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(text)
    with pytest.raises(DataError, match="is an empty list: it holds no rows"):
        preview(path)


def rows_of(letter: str, count: int) -> list[dict[str, str]]:
    return [{"prompt": f"{letter}{n}", "completion": "c"} for n in range(count)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[{"a": 1},\n{"a" 2}]', r"or stands there by mistake \(line 2, character 6\)"),
        ('[{"a": 1},\n{"a": "2}]', r"opened and never closed \(line 2, character 7\)"),
        (
            '[{"a": 1},\n{"a": "2},\n{"a": 3}]',
            r"the line ends inside a text that has no closing quotation mark \(line 2, ",
        ),
        ('[{"a": 1}\n{"a": 2}]', "a “,” is missing"),
    ],
)
def test_a_broken_entry_is_told_with_the_way_to_leave_it_out(content, words, tmp_path):
    with pytest.raises(DataError, match=words) as caught:
        _read(tmp_path, content)
    assert "JSON lines (.jsonl)" in caught.value.cure
