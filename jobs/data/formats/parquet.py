"""Parquet; numbers and dates become text, structures become JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.data.cast import as_text
from jobs.data.source import ReadAs, Source
from jobs.data.table import unique_names
from jobs.errors import DataError

ROWS = 2048  # in one batch: rows of documents are large
ERRORS = (pa.ArrowException, OSError, UnicodeDecodeError)  # the last: of names


class Parquet:
    name = "Parquet"
    extensions = (".parquet", ".pq")

    def open(self, path: Path, reading: ReadAs, *, whole: bool) -> Source:
        try:
            file = pq.ParquetFile(path, buffer_size=1 << 20)
            own = file.schema_arrow.names
        except ERRORS as error:
            raise _broken(path, error) from None
        names, notes = unique_names(own)
        total = file.metadata.num_rows
        rows = _Rows(path, file, names)
        source = Source(
            columns=names,
            read=rows.read,
            notes=list(notes),
            total=total,
            done=lambda: rows.given / max(1, total),
        )
        source.closing.callback(file.close)
        return source


FORMAT = Parquet()


class _Rows:
    def __init__(self, path: Path, file: pq.ParquetFile, names: tuple[str, ...]) -> None:
        self.path, self.file, self.names = path, file, names
        self.given = 0

    def read(self, columns: Sequence[str] | None, head: int | None) -> Iterator[pa.RecordBatch]:
        """Batches of rows as text."""
        own = self.file.schema_arrow.names
        wanted = list(range(len(own)))
        if columns is not None:
            wanted = [self.names.index(name) for name in columns]
        alike = len(set(own)) < len(own)  # Arrow chooses columns by name: take them all
        chosen = None if alike else [own[i] for i in wanted]
        size = ROWS if head is None else max(1, min(ROWS, head + 1))
        self.given = 0
        try:
            for batch in self.file.iter_batches(batch_size=size, columns=chosen):
                cells = {
                    self.names[i]: as_text(
                        batch.column(i if alike else batch.schema.get_field_index(own[i])),
                        self.names[i],
                        self.path.name,
                    )
                    for i in wanted
                }
                self.given += batch.num_rows
                yield pa.record_batch(cells)
                if head is not None and self.given > head:
                    return
        except ERRORS as error:
            raise _broken(self.path, error) from None


def _broken(path: Path, error: Exception) -> DataError:
    return DataError(
        f"“{path.name}” is not a whole Parquet file.",
        "Write or download it again; another kind of file needs its own ending.",
        detail=str(error),
    )
