"""Files that are one table in pieces become one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.data.formats import no_rows, open_source
from jobs.data.table import LIST, TEXT


def join(
    paths: Sequence[Path], target: Path, progress: Callable[[float], None] = lambda share: None
) -> None:
    """Write the rows of all files, in order, as the Parquet file `target`.

    The columns are those of the first file; `progress` is told the share that was read. What goes
    wrong leaves no file.
    """
    with open_source(paths[0]) as first:
        names = first.columns
    with ExitStack() as leaving:
        leaving.callback(target.unlink, missing_ok=True)
        _write(paths, target, names, progress)
        leaving.pop_all()  # it is whole


def _write(
    paths: Sequence[Path], target: Path, names: Sequence[str], progress: Callable[[float], None]
) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for number, path in enumerate(paths):
            with open_source(path) as source:
                for batch in source.read(None, None):
                    if writer is None:
                        kinds = [_kind(batch, name) for name in names]
                        schema = pa.schema(list(zip(names, kinds, strict=True)))
                        writer = pq.ParquetWriter(target, schema)
                    writer.write_batch(_fitted(batch, writer.schema))
                    progress((number + source.done()) / len(paths))
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise no_rows(paths[0])


def _kind(batch: pa.RecordBatch, name: str) -> pa.DataType:
    at = batch.schema.get_field_index(name)
    return TEXT if at < 0 else batch.column(at).type


def _fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with the columns of the first one: gaps where it lacks one, a list of one text."""
    columns = []
    for field in schema:
        at = batch.schema.get_field_index(field.name)
        column = pa.nulls(batch.num_rows, field.type) if at < 0 else batch.column(at)
        if column.type != field.type and field.type == LIST:
            column = pa.array([None if v is None else [v] for v in column.to_pylist()], LIST)
        elif column.type != field.type:
            texts = (None if v is None else "\n".join(filter(None, v)) for v in column.to_pylist())
            column = pa.array(list(texts), TEXT)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=schema)
