"""Parquet and Arrow: cut, with a hole, without columns or rows, of bytes."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from hostile.lines import GOOD, csv


def parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def feather() -> bytes:
    buffer = io.BytesIO()
    pyarrow.feather.write_feather(
        pa.table({"prompt": ["x"] * 500, "completion": ["y"] * 500}), buffer
    )
    return buffer.getvalue()


PARQUET = parquet(pa.table({"prompt": [f"p{i}" for i in range(50)], "completion": ["c"] * 50}))

# name, content, and what its sentence says (a part of it)
REFUSED: dict[str, tuple[tuple[str, bytes], str]] = {
    "Parquet as CSV": (csv(PARQUET), "Parquet"),
    "a truncated Parquet": (("rows.parquet", PARQUET[:-30]), "not a whole Parquet"),
    "a Parquet without its middle": (
        ("rows.parquet", PARQUET[:20] + b"\0" * 200 + PARQUET[220:]),
        "Parquet|text",
    ),
    "CSV as Parquet": (("rows.parquet", GOOD.encode()), "not a whole Parquet"),
    "a Parquet of bytes": (
        ("rows.parquet", parquet(pa.table({"prompt": [b"\xff"] * 9, "completion": [b"\xfe"] * 9}))),
        "which is not text",
    ),
    "a Parquet without columns": (("rows.parquet", parquet(pa.table({}))), "has no columns"),
    "a Parquet without rows": (
        ("rows.parquet", parquet(pa.table({"prompt": pa.array([], pa.string())}))),
        "no rows",
    ),
    "a truncated Arrow": (("rows.feather", feather()[:-40]), "not a whole Arrow"),
    "CSV as Arrow": (("rows.arrow", GOOD.encode()), "not a whole Arrow"),
}
