"""Arrow and Feather files, and Arrow streams as `datasets` writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc

from jobs.data.cast import as_text
from jobs.data.source import CountedFile, ReadAs, Source
from jobs.data.table import unique_names
from jobs.errors import DataError

ROWS = 2048  # in one batch
ERRORS = (pa.ArrowException, OSError, EOFError, UnicodeDecodeError)  # the last: of names
FILE_MARK = b"ARROW1"


class Arrow:
    name = "Arrow"
    extensions = (".arrow", ".feather")

    def open(self, path: Path, reading: ReadAs, *, whole: bool) -> Source:
        rows = _Rows(path)
        try:
            names = tuple(rows.schema().names)
        except ERRORS as error:
            raise _broken(path, error) from None
        rows.names, notes = unique_names(names)
        return Source(
            columns=rows.names, read=rows.read, notes=list(notes), done=lambda: rows.share
        )


FORMAT = Arrow()


class _Rows:
    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self.stream = file.read(len(FILE_MARK)) != FILE_MARK
        self.names: tuple[str, ...] = ()
        self.share = 0.0

    def schema(self) -> pa.Schema:
        with pa.OSFile(str(self.path), "rb") as file:
            opened = pa.ipc.open_stream(file) if self.stream else pa.ipc.open_file(file)
            return opened.schema

    def read(self, columns: Sequence[str] | None, head: int | None) -> Iterator[pa.RecordBatch]:
        """Batches of rows as text."""
        wanted = [self.names.index(name) for name in (columns or self.names)]
        given = 0
        try:
            for stored in self._stored():
                for start in range(0, stored.num_rows, ROWS):
                    batch = stored.slice(start, ROWS)
                    cells = {
                        self.names[i]: as_text(batch.column(i), self.names[i], self.path.name)
                        for i in wanted
                    }
                    yield pa.record_batch(cells)
                    given += batch.num_rows
                    if head is not None and given > head:
                        return
        except ERRORS as error:
            raise _broken(self.path, error) from None

    def _stored(self) -> Iterator[pa.RecordBatch]:
        """The batches that the file is made of, checked: bytes of a stranger are not trusted."""
        counted = CountedFile(self.path)
        with pa.PythonFile(counted, "r") as file:
            if self.stream:
                for batch in pa.ipc.open_stream(file):
                    self.share = counted.share()
                    batch.validate(full=True)
                    yield batch
                return
            opened = pa.ipc.open_file(file)
            for number in range(opened.num_record_batches):
                batch = opened.get_batch(number)
                self.share = (number + 1) / opened.num_record_batches
                batch.validate(full=True)
                yield batch


def _broken(path: Path, error: Exception) -> DataError:
    return DataError(
        f"“{path.name}” is not a whole Arrow file.",
        "Write or download it again; another kind of file needs its own ending.",
        detail=str(error),
    )
