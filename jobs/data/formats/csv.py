"""CSV and TSV, with separator, quoting and encoding found out; every cell stays the text it is."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from jobs.data.cells import usual_cells
from jobs.data.compiled import CellLayout
from jobs.data.encoding import Encoding, detect, title
from jobs.data.formats import no_rows
from jobs.data.layout import (
    SNIFF,
    guess_separator,
    looks_like_rows,
    malformed,
    one_character,
    opened_quote,
    records,
    said,
    swallowed,
    swallowing,
    wrong_cells,
)
from jobs.data.source import CountedFile, ReadAs, Source, Unusual
from jobs.data.table import unique_names
from jobs.data.unread import Unread
from jobs.errors import DataError

UNICODE = ("utf-8", "utf-8-sig")
SMALL_BLOCK, LARGE_BLOCK = 1 << 22, 1 << 26  # bytes; a row must fit into one block


class Csv:
    name = "CSV"
    extensions = (".csv", ".tsv", ".tab")

    def open(self, path: Path, reading: ReadAs, *, whole: bool) -> Source:
        encoding = detect(path, reading.encoding, whole=whole and not reading.trusting)
        sample = _sample(path, encoding)
        usual = "\t" if path.suffix.lower() != ".csv" else ","
        separator = one_character(reading.separator) or guess_separator(sample, usual)
        rows = records(io.StringIO(sample, newline=""), separator)
        begins, first = next(rows, (1, []))
        _, second = next(rows, (1, []))
        header = reading.header
        if header is None:
            header = not looks_like_rows(first, second)
        names, notes = unique_names(first if header else [""] * len(first))
        if not header:
            notes = ("The first line holds an example, no names; the columns are numbered here.",)
        layout = Layout(names, begins if header else begins - 1, separator, encoding)
        unread = Unread(path.name, leave_out=reading.leave_out)
        said_of = [encoding.note, said(separator, len(names)), swallowed(sample, separator)]
        return _Cells(path, layout, unread, reading.trusting).source(
            [*filter(None, said_of), *notes], header
        )


FORMAT = Csv()


@dataclass(frozen=True)
class Layout:
    """How a file of separated cells is laid out."""

    names: tuple[str, ...]
    skipped: int  # rows above the first example, blank ones included
    separator: str
    encoding: Encoding


class _Cells:
    """One file of separated cells."""

    def __init__(self, path: Path, layout: Layout, unread: Unread, trusting: bool) -> None:
        self.path, self.layout, self.unread = path, layout, unread
        self.trusting = trusting
        self.file: CountedFile | None = None

    def source(self, notes: list[str], header: bool) -> Source:
        return Source(
            columns=self.layout.names,
            read=self.read,
            reading=ReadAs(
                self.layout.encoding.codec,
                self.layout.separator,
                header=header,
                leave_out=self.unread.leave_out,
            ),
            notes=notes,
            done=lambda: self.file.share() if self.file else 0.0,
            unread=self.unread,
        )

    def read(self, columns: Sequence[str] | None, head: int | None) -> Iterator[pa.RecordBatch]:
        """Batches of rows: of usual ones by compiled code, otherwise as Arrow parses them.

        The larger block is for files with huge rows. Each way begins again.
        """
        given = 0
        breaks = False
        for block in (0, SMALL_BLOCK, LARGE_BLOCK):
            seen = 0
            self.unread.begin()
            wrong = _WrongRows(self.path, self.layout, self.unread)
            blocks = self._blocks(columns, block, wrong) if block else self._usual(columns)
            try:
                for batch, at_end in blocks:
                    fresh = batch.slice(max(0, given - seen))
                    seen += batch.num_rows
                    breaks = at_end
                    if fresh.num_rows:
                        given += fresh.num_rows
                        yield fresh
                    if head is not None and given > head:
                        return
                break
            except Unusual:
                if self.trusting:
                    raise
            except UnicodeDecodeError as error:  # below the beginning, when only that was looked at
                raise DataError(
                    f"A later line of “{self.path.name}” cannot be read as "
                    f"{title(self.layout.encoding.codec)}.",
                    "Choose another encoding, or save the file as UTF-8.",
                    detail=str(error),
                ) from None
            except pa.ArrowInvalid as error:
                if "straddling" not in str(error) or block == LARGE_BLOCK:
                    raise wrong.refused or self._explained(str(error)) from None
        if breaks:
            opened_quote(self.path, self.layout.encoding.codec, self.layout.separator)

    def _usual(self, columns: Sequence[str] | None) -> Iterator[tuple[pa.RecordBatch, bool]]:
        """The way of usual rows, each batch with whether its very last cell holds a line break."""
        names, encoding = self.layout.names, self.layout.encoding
        if encoding.codec not in UNICODE:
            raise Unusual
        self.file = CountedFile(self.path)
        with closing(self.file):
            if encoding.codec == "utf-8-sig":
                self.file.read(len(codecs.BOM_UTF8))
            wanted = [names.index(name) for name in (names if columns is None else columns)]
            layout = CellLayout(self.layout.separator, len(names))
            read = usual_cells(self.file, layout, self.layout.skipped, wanted, encoding.is_checked)
            for texts, breaks in read:
                yield pa.record_batch(texts, [names[place] for place in wanted]), breaks

    def _blocks(
        self, columns: Sequence[str] | None, block: int, wrong: _WrongRows
    ) -> Iterator[tuple[pa.RecordBatch, bool]]:
        """The same as Arrow parses them."""
        names, codec = self.layout.names, self.layout.encoding.codec
        wanted = list(names if columns is None else columns)
        self.file = CountedFile(self.path)
        with pa.PythonFile(self.file, "r") as file:
            # an ArrowInvalid for the first rows comes from here already
            reader = pa.csv.open_csv(
                file,
                read_options=pa.csv.ReadOptions(
                    column_names=list(names),
                    skip_rows_after_names=self.layout.skipped,
                    block_size=block,
                    use_threads=not self.unread.leave_out,  # else a row would have no number
                    encoding="utf-8" if codec == "utf-8-sig" else codec,  # Arrow skips the mark
                ),
                parse_options=pa.csv.ParseOptions(
                    delimiter=self.layout.separator,
                    newlines_in_values=True,
                    invalid_row_handler=wrong.met if self.unread.leave_out else None,
                ),
                # No null words: "None", "NA" and "" are texts like any other; "007" keeps its
                # zeros.
                convert_options=pa.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    include_columns=list(dict.fromkeys([*wanted, names[-1]])),
                    null_values=[],
                    strings_can_be_null=False,
                    check_utf8=not self.layout.encoding.is_checked,
                ),
            )
            for batch in reader:
                end = batch.column(batch.num_columns - 1)
                last = end[-1].as_py() if len(end) else ""
                breaks = "\n" in last or "\r" in last
                yield (batch if columns is None else batch.select(wanted)), breaks

    def _explained(self, detail: str) -> DataError:
        """The error with the line it is in; only now is the file read by Python's slower reader."""
        codec, separator = self.layout.encoding.codec, self.layout.separator
        found = malformed(self.path, codec, separator, len(self.layout.names))
        if found is None:
            return no_rows(self.path)
        found.detail = detail
        return found


class _WrongRows:
    """Rows with too many or too few cells, in one reading of a file in which they are left out."""

    def __init__(self, path: Path, layout: Layout, unread: Unread) -> None:
        self.path, self.layout, self.unread = path, layout, unread
        self.refused: DataError | None = None
        self._located = self._lines()

    def met(self, row: pa.csv.InvalidRow) -> str:
        """Whether Arrow shall pass over such a row."""
        line = self._line(row.number - self.layout.skipped)
        cells, width = row.actual_columns, row.expected_columns
        separator = self.layout.separator
        wrong = wrong_cells(self.path.name, line, cells, width, row.text, separator)
        try:
            if "\n" in row.text or "\r" in row.text:
                raise swallowing(wrong)
            self.unread.meet(wrong, line)
        except DataError as error:
            self.refused = error
            return "error"
        return "skip"

    def _line(self, number: int) -> int:
        """The line on which an example begins; they are asked for in their order."""
        return next((line for at, line in self._located if at == number), number)

    def _lines(self) -> Iterator[tuple[int, int]]:
        """Examples that are not blank, from 1 on, with their lines."""
        with self.path.open(
            encoding=self.layout.encoding.codec, newline="", errors="replace"
        ) as file:
            begun = (line for line, _ in records(file, self.layout.separator))
            yield from enumerate((line for line in begun if line > self.layout.skipped), 1)


def _sample(path: Path, encoding: Encoding) -> str:
    """The first characters of the file, in which separator and names are looked for."""
    with path.open(encoding=encoding.codec, newline="", errors="replace") as file:
        sample = file.read(SNIFF)
    if not sample.strip():
        raise no_rows(path)
    if len(sample) == SNIFF and "\n" not in sample and "\r" not in sample:
        raise DataError(
            f"Line 1 of “{path.name}” is longer than a million characters.",
            "Write one example a line, below a line with the names of the columns.",
        )
    if sample.lstrip().startswith(('{"', '[{"', "[\n")):
        raise DataError(
            f"“{path.name}” looks like JSON, not like CSV.",
            "Give its name the ending .jsonl (an object a line) or .json.",
        )
    return sample
