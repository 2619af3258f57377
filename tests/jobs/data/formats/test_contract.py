"""What every registered format must do, whichever it is."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from jobs.data import formats, read_table
from jobs.errors import DataError

# Trap 38: readers like to turn these into nothing, into numbers or into dates.
WORDS = ["null", "None", "NA", "nan", "N/A", "", "007", "1.10", "1e5", "true", "2024-01-02", " x "]
TEXTS = ["a, b", 'say "hi"', "two\nlines", "naïve 日本語 🙂", "tab\there", "semi;colon", "<b>|"]
ROWS = [{"prompt": f"p{i}", "completion": text} for i, text in enumerate(WORDS + TEXTS)]


def _write(path: Path, rows: list[dict]) -> Path:
    table = pa.Table.from_pylist(rows)
    if path.suffix in (".jsonl", ".ndjson"):
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows))
    elif path.suffix in (".parquet", ".pq"):
        pq.write_table(table, path)
    else:
        separator = "," if path.suffix == ".csv" else "\t"
        pa.csv.write_csv(table, path, pa.csv.WriteOptions(delimiter=separator))
    return path


ENDINGS = [ending for each in formats() for ending in each.extensions]


@pytest.fixture(params=ENDINGS)
def ending(request):
    return request.param


def test_endings_are_lower_case_and_belong_to_one_format_each():
    assert len(set(ENDINGS)) == len(ENDINGS)
    assert {".csv", ".tsv", ".jsonl", ".json", ".parquet"} <= set(ENDINGS)
    assert all(ending == ending.lower() and ending.startswith(".") for ending in ENDINGS)


def test_trap_38_every_text_stays_the_text_it_was(ending, tmp_path):
    table = read_table(_write(tmp_path / f"rows{ending}", ROWS))
    assert table.columns == ("prompt", "completion")
    assert table.rows.to_pylist() == ROWS
    assert table.total == len(ROWS)


def test_the_ending_may_be_in_capitals(ending, tmp_path):
    path = _write(tmp_path / f"rows{ending}", ROWS)
    assert read_table(path.rename(tmp_path / f"ROWS{ending.upper()}")).total == len(ROWS)


def test_a_head_is_the_beginning_of_the_whole(ending, tmp_path):
    path = _write(tmp_path / f"rows{ending}", ROWS)
    assert read_table(path, head=4).rows.to_pylist() == ROWS[:4]
    assert read_table(path, head=1000).rows.to_pylist() == ROWS


def test_a_file_without_rows_is_refused(ending, tmp_path):
    path = tmp_path / f"rows{ending}"
    if ending in (".parquet", ".pq"):
        pq.write_table(pa.table({"prompt": pa.array([], pa.string())}), path)
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
