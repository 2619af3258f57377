"""What Arrow reads of JSON lines is what the slow, exact reader makes of them, or it is left."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ways import WAYS, going, needs_compiled

from jobs.data.compiled import passes
from jobs.data.formats import jsonl, open_source
from jobs.data.regular import _usual, regular
from jobs.errors import DataError

WANTED = [("prompt", "prompt"), ("said", "completion")]
TEXT = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from('"\\{}[],:\n\u2028é日😀null')),
    max_size=9,
)
VALUE = st.one_of(
    TEXT,
    TEXT,
    TEXT,
    st.none(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.lists(TEXT, max_size=2),
)
KEY = st.sampled_from(["prompt", "completion", "completion", "other", "", "pro\u006dpt", 'a"b'])


def _unless_wanted(pair):
    return pair[0] if pair[0] not in ("prompt", "completion") else object()


def _spelled(pairs, ascii):
    return (": ".join(json.dumps(each, ensure_ascii=ascii) for each in pair) for pair in pairs)


OBJECT = st.builds(
    lambda pairs, ascii: f"{{{', '.join(_spelled(pairs, ascii))}}}",
    # A key that is not asked for may stand twice: nothing of it is kept.
    st.lists(st.tuples(KEY, VALUE), max_size=3, unique_by=_unless_wanted),
    st.booleans(),
)
BROKEN = st.sampled_from(
    [
        "",
        " ",
        "{}",
        "[]",
        "}",
        "{",
        '{"prompt": "x}',
        '{"}',
        '{"prompt": "a"}{"prompt": "b"}',
        '{"prompt": "a"} {"prompt": "b"}',
        '{"prompt": NaN}',
        '{"other": -Infinity}',
        '{"prompt": "\\ud800"}',
        '{"prompt": "\\udc00"}',
        '{"prompt": "\\udc00\\ud800"}',
        '{"prompt": "\\\\ud83d\\ude00"}',
        '{"prompt": "\\ud83d\\ude00"}',
        '{"prompt": "\\x41"}',
        '{"prompt": "tab\there"}',
        '{"prompt": "a\x01b"}',
        '{"prompt": "zero \\u0000 byte"}',
        '{"prompt": 1.10}',
        '{"prompt": "a", "prompt": "b"}',
        '{"\\u0070rompt": "a"}',
        '{"prompt": {"deep": "er"}}',
        '{"prompt": "a",}',
        '{"prompt": "a" /* note */}',
        '{"prompt": "cr"}\r',
        "{'prompt': 'a'}",
        '{"prompt": "a"}}',
        '{"prompt": tru}',
        '{"other": 1e999}',
        '{"other": 01}',
    ]
)
LINES = st.lists(st.one_of(OBJECT, OBJECT, BROKEN), min_size=1, max_size=5)


def _exactly(text: str) -> list[dict[str, object]]:
    """The rows as the reader that looks at each line has them."""
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            row = jsonl.parse_object(line.encode(), "f", number)
            cells = jsonl.checked(row, "f", f"line {number}")
            rows.append({name: cells.get(key) for name, key in WANTED})
    return rows


@settings(max_examples=1000, deadline=None)
@given(LINES, st.booleans(), st.sampled_from(WAYS))
@example(['{"prompt": "x}', '{"}', '{"prompt": "a"}{"prompt": "b"}'], True, "plain")
@example(['{"prompt": "\\\\ud83d\\ude00"}'], True, "plain")
def test_what_is_read_at_once_is_what_each_line_says(lines, ended, way):
    text = "\n".join(lines) + "\n" * ended
    with going(way):
        batch = regular(text.encode(), WANTED)
    if batch is not None:
        batch.validate(full=True)
        assert batch.to_pylist() == _exactly(text)


@needs_compiled
@settings(max_examples=1000, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(["prompt", "completion", "é"]), TEXT | st.none())),
    st.booleans(),
    st.sampled_from(["", " ", "\t \r"]),
)
def test_compiled_code_reads_usual_lines_by_itself(rows, ascii, space):
    lines = (json.dumps(row, ensure_ascii=ascii) for row in rows)
    block = "".join(f"{space}{line.replace(': ', f'{space}:{space}')}{space}\n" for line in lines)
    batch = _usual(np.frombuffer(block.encode(), np.uint8), WANTED)
    if rows and "\\u0000" not in block and ": " not in str(rows):
        assert batch is not None
        batch.validate(full=True)
        assert batch.to_pylist() == [{name: row.get(key) for name, key in WANTED} for row in rows]


@needs_compiled
@settings(max_examples=1000, deadline=None)
@given(
    st.binary(max_size=90), st.sampled_from([b"", b'{"prompt": "', b'{"prompt": null, "x": "a\\u'])
)
def test_bytes_that_are_no_lines_do_no_harm(data, before):
    passes().lines(np.frombuffer(before + data, np.uint8), [b"prompt", b"x"])


def test_usual_lines_are_read_at_once():
    rows = [
        {"prompt": 'a\n"b" \\ 日 😀', "completion": "null", "n": 1, "more": {"x": [1, 2]}},
        {"completion": "007", "prompt": None},
        {},
    ]
    for ascii in (True, False):
        text = "\n".join(json.dumps(row, ensure_ascii=ascii) for row in rows)
        batch = regular(text.replace("\\\\", "/").encode(), WANTED)
        assert batch is not None
        assert batch.schema.names == ["prompt", "said"]
        assert batch.column("said").to_pylist() == ["null", "007", None]
        assert batch.column("prompt").to_pylist() == ['a\n"b" / 日 😀', None, None]


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_file_of_both_kinds_of_lines_keeps_its_order_and_its_line_numbers(
    tmp_path, monkeypatch, end
):
    monkeypatch.setattr(jsonl, "BLOCK", 200)
    rows = [
        json.dumps({"prompt": f"p{i}", "completion": i if i % 40 == 7 else f"c{i}"})
        for i in range(200)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(rows) + end)
    with open_source(path) as source:
        found = pa.Table.from_batches(source.read(["prompt", "completion"], None))
    assert found.column("prompt").to_pylist() == [f"p{i}" for i in range(200)]
    assert found.column("completion").to_pylist() == _said(200)
    rows[150] = '{"prompt": "p150", "completion": }'
    path.write_text("\n".join(rows) + end)
    monkeypatch.setattr(jsonl, "SEEN", 20)
    with open_source(path) as source, pytest.raises(DataError, match="Line 151 "):
        list(source.read(["prompt", "completion"], None))


def _said(count: int) -> list[str]:
    return [str(i) if i % 40 == 7 else f"c{i}" for i in range(count)]
