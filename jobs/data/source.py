"""A file opened for reading: its columns, and its rows in batches, so that no file is too large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from jobs.data.unread import Unread

ROWS = 8192  # in one batch


@dataclass(frozen=True)
class ReadAs:
    """How a file is read. What is None is found out; what a person set is kept to."""

    encoding: str | None = None  # a codec of Python's: "utf-8", "cp1252", "gb18030"
    separator: str | None = None  # what stands between cells; for plain text it may be longer
    sheet: str | None = None  # of a workbook; of a ZIP archive the file in it
    header: bool | None = None  # whether the first line names the columns
    leave_out: bool = False  # lines that cannot be read, in the place of refusing the file
    trusting: bool = False  # all is taken to be as the beginning is; `Unusual` where it is not


class Unusual(Exception):
    """Something that a closer look might read otherwise or refuse."""


# The batches of some columns, or of all (None), up to about so many rows.
Read = Callable[[Sequence[str] | None, int | None], Iterator[pa.RecordBatch]]


@dataclass
class Source:
    """What every format gives for an opened file; leave it with `with`.

    Columns are of type string or list<string>; a batch may lack a column that none of its rows
    has, and one column may be text in one batch and lists in another.
    """

    columns: tuple[str, ...]  # of JSON lines: those of the first rows
    read: Read
    reading: ReadAs = field(default_factory=ReadAs)  # as it was set or found out
    notes: list[str] = field(default_factory=list)  # what was found out or changed, as sentences
    sheets: tuple[str, ...] = ()  # among which `reading.sheet` chooses
    total: int | None = None  # rows in the file, where it says so
    done: Callable[[], float] = lambda: 0.0  # the share that was read
    closing: ExitStack = field(default_factory=ExitStack)
    open_ended: bool = False  # later rows may bring columns of their own
    unread: Unread | None = None  # of a format that has lines: those that were left out

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *exc: object) -> None:
        self.closing.close()


class CountedFile:
    """A binary file for Arrow that knows how much of it was read."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._size = max(1, path.stat().st_size)
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes."""
        block = self._file.read(size)
        self._read += len(block)
        return block

    def readinto(self, room: memoryview) -> int:
        """The next bytes into some room: how many they are, 0 at the end."""
        read = self._file.readinto(room) or 0
        self._read += read
        return read

    def share(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return min(1.0, self._read / self._size)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    @property
    def closed(self) -> bool:
        return self._file.closed

    def close(self) -> None:
        self._file.close()
