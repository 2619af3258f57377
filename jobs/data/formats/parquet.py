"""Parquet; numbers and dates become text, structures become JSON."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.data.table import LIST, TEXT, Table, cell, unique_names
from jobs.errors import DataError


class Parquet:
    name = "Parquet"
    extensions = (".parquet", ".pq")

    def read(self, path: Path, head: int | None = None) -> Table:
        try:
            with pq.ParquetFile(path, pre_buffer=head is None) as file:
                total = file.metadata.num_rows
                if head is None:
                    rows = file.read()
                else:
                    batches = file.iter_batches(batch_size=max(1, head))
                    first = next(batches, None)
                    schema = file.schema_arrow
                    rows = pa.Table.from_batches([] if first is None else [first], schema)
        except (pa.ArrowException, OSError) as error:
            raise DataError(
                f"“{path.name}” is not a whole Parquet file.",
                "Write or download it again; another kind of file needs its own ending.",
                detail=str(error),
            ) from None
        names, notes = unique_names(rows.column_names)
        columns = [_text(rows.column(i), names[i], path.name) for i in range(rows.num_columns)]
        return Table(names, pa.table(dict(zip(names, columns, strict=True))), None, notes, total)


FORMAT = Parquet()


def _text(column: pa.ChunkedArray, name: str, file: str) -> pa.ChunkedArray:
    """A column of any type as text or lists of text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    try:
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            inner = kind.value_type
            if not pa.types.is_nested(inner):
                return column.cast(LIST)
        if pa.types.is_boolean(kind) or pa.types.is_nested(kind):
            return pa.chunked_array([[cell(value) for value in column.to_pylist()]], TEXT)
        column = column.cast(TEXT)
        column.validate(full=True)  # other writers may have left bytes that are no UTF-8
        return column
    except (pa.ArrowException, TypeError, UnicodeDecodeError):
        raise DataError(
            f"Column “{name}” of “{file}” holds {kind}, which is not text.",
            "Remove that column, or write it as text.",
        ) from None
