import datetime
import decimal

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from jobs.data import read_table
from jobs.errors import DataError


def test_other_types_become_text(tmp_path):
    table = pa.table(
        {
            "number": [7, None],
            "price": pa.array([decimal.Decimal("1.10"), None]),
            "yes": [True, None],
            "day": [datetime.date(2024, 1, 2), None],
            "word": pa.array(["a", None]).dictionary_encode(),
            "large": pa.array(["b", None], pa.large_string()),
            "refs": [["x", "y"], None],
            "counts": [[1, 2], None],
            "chat": [[{"role": "user", "n": 1}], None],
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet")
    first, second = read_table(tmp_path / "rows.parquet").rows.to_pylist()
    assert list(first.values()) == [
        "7", "1.10", "true", "2024-01-02", "a", "b", ["x", "y"], ["1", "2"],
        '[{"role": "user", "n": 1}]',
    ]  # fmt: skip
    assert set(second.values()) == {None}


def test_a_truncated_file(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"a": ["x"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="not a whole Parquet file"):
        read_table(path)


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"a": ["x"], "b": pa.array([b"\xff\xfe"], pa.binary())}), path)
    with pytest.raises(DataError, match="Column “b”"):
        read_table(path)


def test_a_head_tells_how_many_rows_there_are(tmp_path):
    pq.write_table(pa.table({"a": ["x"] * 1000}), tmp_path / "rows.parquet", row_group_size=100)
    table = read_table(tmp_path / "rows.parquet", head=10)
    assert (table.rows.num_rows, table.total) == (10, 1000)


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".feather"])
def test_a_damaged_name_of_a_column(tmp_path, ending):
    """Arrow gives names as text when they are asked for, and not when the file is opened."""
    path = tmp_path / f"rows{ending}"
    table = pa.table({"question": ["one", "two"], "answer": ["three", "four"]})
    if ending == ".parquet":
        pq.write_table(table, path, store_schema=False)
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    path.write_bytes(path.read_bytes().replace(b"question", b"quest\x80on"))
    with pytest.raises(DataError, match="is not a whole") as refused:
        read_table(path)
    assert refused.value.cure
