"""Plain text: an example a line, prompt and completion with a separator between them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from jobs.data.encoding import Encoding, detect
from jobs.data.excerpt import excerpt
from jobs.data.formats import no_rows
from jobs.data.layout import NAMES, SNIFF
from jobs.data.source import ROWS, ReadAs, Source
from jobs.data.table import as_batch, unique_names
from jobs.data.unread import PART, Unread
from jobs.data.words import count_of
from jobs.errors import DataError, Misread

# The more telling ones first; a comma or a colon stands inside ordinary sentences.
SEPARATORS = ("\t", "|||", "###", "=>", "->", "→", ";;", "::", "|", ";")
LONGEST_LINE = 1 << 26  # characters
TOLD = {"\t": "a tab"}


class Text:
    name = "Plain text"
    extensions = (".txt", ".text")

    def open(self, path: Path, reading: ReadAs, *, whole: bool) -> Source:
        encoding = detect(path, reading.encoding, whole=whole)
        with path.open(encoding=encoding.codec, errors="replace") as file:
            sample = file.read(SNIFF)
        lines = [line for line in sample.splitlines() if line.strip()]
        if not lines:
            raise no_rows(path)
        given = reading.separator
        separator = NAMES.get(given.strip().lower(), given) if given else _guess(lines)
        if separator is None:
            raise Misread(
                f"No separator stands in every line of “{path.name}”.",
                "Write prompt and completion in one line with a tab or ||| between them, or say "
                "which separator it is.",
            )
        width, first = _usual(lines, separator)
        header = bool(reading.header)  # lines of plain text have none unless it is said
        names, notes = _names(first, header)
        shown = TOLD.get(separator, f"“{separator}”")
        said = [*filter(None, [encoding.note]), f"The parts of a line are separated by {shown}."]
        unread = Unread(path.name, leave_out=reading.leave_out)
        rows = _Lines(path, encoding, separator, names, width, header, unread)
        return Source(
            columns=names,
            read=rows.read,
            reading=ReadAs(encoding.codec, separator, header=header, leave_out=reading.leave_out),
            notes=[*said, *notes],
            done=lambda: rows.share,
            unread=unread,
        )


FORMAT = Text()


class _Lines:
    def __init__(
        self,
        path: Path,
        encoding: Encoding,
        separator: str,
        names: tuple[str, ...],
        width: int,
        header: bool,
        unread: Unread,
    ) -> None:
        self.path, self.encoding, self.separator = path, encoding, separator
        self.names, self.width, self.header = names, width, header
        self.unread = unread
        self.share = 0.0

    def read(self, columns: Sequence[str] | None, head: int | None) -> Iterator[pa.RecordBatch]:
        """Batches of lines, cut at the separator."""
        wanted = [self.names.index(name) for name in (columns or self.names)]
        rows: list[list[str]] = []
        for count, row in enumerate(self._rows(), 1):
            rows.append(row)
            if len(rows) == ROWS or (head is not None and count > head):
                yield self._batch(rows, wanted)
                rows = []
                if head is not None and count > head:
                    return
        if rows:
            yield self._batch(rows, wanted)

    def _rows(self) -> Iterator[list[str]]:
        self.unread.begin()
        size = self.path.stat().st_size
        begun = not self.header
        with self.path.open("rb") as raw, io.TextIOWrapper(raw, self.encoding.codec) as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    raise DataError(
                        f"Line {number} of “{self.path.name}” is longer than 64 million "
                        "characters.",
                        "Write one example a line.",
                    )
                if not line.strip():
                    continue
                if not begun:
                    begun = True
                    continue
                parts = [part.strip() for part in line.split(self.separator)]
                if len(parts) != self.width:
                    self.unread.meet(self._parted(number, len(parts), line), number)
                    continue
                self.share = min(1.0, raw.tell() / size)
                yield parts

    def _parted(self, number: int, parts: int, line: str) -> DataError:
        begins = -len(self.separator)  # of the separator that is one too many
        for _ in range(self.width if parts > self.width else 0):
            begins = line.find(self.separator, begins + len(self.separator))
        return DataError(
            f"Line {number} of “{self.path.name}” has {count_of(parts, 'part')}, the first line "
            f"{self.width}.",
            "Write the separator once between prompt and completion, or save the rows as CSV.",
            excerpt=excerpt(line, begins if begins >= 0 else None),
        )

    def _batch(self, rows: list[list[str]], wanted: list[int]) -> pa.RecordBatch:
        return as_batch({self.names[i]: [row[i] for row in rows] for i in wanted})


def _guess(lines: Sequence[str]) -> str | None:
    """The separator that stands equally often in each of the first lines, but for a broken few."""
    lines = lines[:200]
    for broken in (0, len(lines) // PART):
        for separator in SEPARATORS:
            [(often, count)] = Counter(line.count(separator) for line in lines).most_common(1)
            if often and count + broken >= len(lines):
                return separator
    return None


def _usual(lines: Sequence[str], separator: str) -> tuple[int, Sequence[str]]:
    """How many parts most lines have, and the parts of the first of these: a title has others."""
    parts = [line.split(separator) for line in lines[:200]]
    [(width, _)] = Counter(map(len, parts)).most_common(1)
    return width, next(each for each in parts if len(each) == width)


def _names(first: Sequence[str], header: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if header:
        return unique_names(first)
    if len(first) == 2:
        return ("prompt", "completion"), (
            "What stands before it is taken for the prompt, what stands after it for the "
            "completion.",
        )
    return unique_names([""] * len(first))[0], ()
