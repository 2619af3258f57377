import json

import pytest

from jobs.data import read_table
from jobs.errors import DataError


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
        ('[{"a": 1},\n{"a" 2}]', "line 2"),
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
    assert "[{" in caught.value.cure or "null" in caught.value.cure or "UTF-8" in caught.value.cure
