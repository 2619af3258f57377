"""CSV and TSV, with separator, quoting and encoding found out; every cell stays the text it is."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from jobs.data.encoding import Encoding, detect
from jobs.data.table import Table, unique_names
from jobs.data.words import count_of
from jobs.errors import DataError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
SNIFF = 1 << 20  # characters that the separator is guessed from
SNIFF_ROWS = 50
SMALL_BLOCK, LARGE_BLOCK = 1 << 22, 1 << 26  # a row must fit into one block
LONGEST_CELL = 1 << 27  # for Python's own reader, which only locates errors


class Csv:
    name = "CSV"
    extensions = (".csv", ".tsv", ".tab")

    def read(self, path: Path, head: int | None = None) -> Table:
        encoding = detect(path, whole=head is None)
        with path.open(encoding=encoding.codec, newline="", errors="replace") as file:
            sample = file.read(SNIFF)
        if not sample.strip():
            raise DataError(
                f"“{path.name}” holds no rows.", "Choose a file with one example a row."
            )
        separator = guess_separator(sample, "\t" if path.suffix.lower() != ".csv" else ",")
        begins, header = next(_records(io.StringIO(sample, newline=""), separator), (1, []))
        names, notes = unique_names(header)
        notes = tuple(filter(None, [encoding.note, _said(separator, len(names))])) + notes
        rows = _rows(path, Layout(names, begins, separator, encoding), head)
        if head is None or rows.num_rows < head:
            _refuse_open_quote(path, rows, separator, encoding)
        complete = head is None or rows.num_rows < head
        return Table(names, rows, None, notes, rows.num_rows if complete else None)


FORMAT = Csv()


@dataclass(frozen=True)
class Layout:
    """How a file of separated cells is laid out."""

    names: tuple[str, ...]
    header_line: int  # 1-based
    separator: str
    encoding: Encoding


def no_rows(path: Path) -> DataError:
    return DataError(f"“{path.name}” holds no rows.", "Choose a file with one example a row.")


def guess_separator(sample: str, default: str = ",") -> str:
    """The separator that cuts most of the first rows into as many cells as the header."""
    best, best_score = default, (0.0, False, 0)
    for separator in SEPARATORS:
        widths = []
        for _, record in _records(io.StringIO(sample, newline=""), separator):
            widths.append(len(record))
            if len(widths) > SNIFF_ROWS:
                break
        if len(widths) > 2 and len(sample) == SNIFF:
            widths.pop()  # cut in the middle
        if not widths or widths[0] < 2:
            continue
        share = Counter(widths)[widths[0]] / len(widths)
        score = (round(share, 2), separator == default, -list(SEPARATORS).index(separator))
        if score > best_score:
            best, best_score = separator, score
    return best


def _rows(path: Path, layout: Layout, head: int | None) -> pa.Table:
    """Rows below the header as columns of text; the larger block is for files with huge rows."""
    try:
        return _parse(path, layout, head, SMALL_BLOCK)
    except pa.ArrowInvalid as error:
        if "straddling" not in str(error):
            raise _explain(path, layout, str(error)) from None
    try:
        return _parse(path, layout, head, LARGE_BLOCK)
    except pa.ArrowInvalid as error:
        raise _explain(path, layout, str(error)) from None


def _parse(path: Path, layout: Layout, head: int | None, block: int) -> pa.Table:
    codec = layout.encoding.codec
    options = {
        "read_options": pa.csv.ReadOptions(
            column_names=list(layout.names),
            skip_rows_after_names=layout.header_line,  # blank lines above the header count as rows
            block_size=block,
            encoding="utf-8" if codec == "utf-8-sig" else codec,  # Arrow passes over the mark
        ),
        "parse_options": pa.csv.ParseOptions(delimiter=layout.separator, newlines_in_values=True),
        # No null words: "None", "NA" and "" are texts like any other; "007" keeps its zeros.
        "convert_options": pa.csv.ConvertOptions(
            column_types=dict.fromkeys(layout.names, pa.string()),
            null_values=[],
            strings_can_be_null=False,
        ),
    }
    if head is None:
        return pa.csv.read_csv(path, **options)
    batches, count = [], 0
    with pa.csv.open_csv(path, **options) as reader:
        for batch in reader:
            batches.append(batch)
            count += batch.num_rows
            if count >= head:
                break
        return pa.Table.from_batches(batches, reader.schema).slice(0, head)


def _records(file: io.TextIOBase, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank lines, each with the 1-based line on which it begins."""
    csv.field_size_limit(LONGEST_CELL)  # the default refuses a cell of 128 KB
    reader = csv.reader(file, delimiter=separator)
    begins = 1
    try:
        for record in reader:
            if record:
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error:  # a NUL or an overlong cell; what came before it is enough to go by
        return


def _explain(path: Path, layout: Layout, detail: str) -> DataError:
    """The error with the line it is in; only now is the file read by Python's slower reader."""
    width, records = len(layout.names), 0
    with path.open(encoding=layout.encoding.codec, newline="", errors="replace") as file:
        for line, record in _records(file, layout.separator):
            records += 1
            if len(record) != width:
                cells = count_of(len(record), "cell")
                cure = "Put cells that hold a separator or a line break in quotation marks"
                if any("\n" in each or "\r" in each for each in record):
                    cure = "Look for a quotation mark that is opened there and never closed"
                return DataError(
                    f"Line {line} of “{path.name}” has {cells}, the header {width}.",
                    f"{cure}, and save the file again.",
                    detail=detail,
                )
    if records < 2:
        return no_rows(path)
    return DataError(
        f"“{path.name}” cannot be read as CSV: a row is longer than 64 MB or not well formed.",
        "Look for a quotation mark that is opened and never closed, and save the file again.",
        detail=detail,
    )


def _refuse_open_quote(path: Path, rows: pa.Table, separator: str, encoding: Encoding) -> None:
    """A quotation mark that is never closed swallows all lines below it without an error."""
    if not rows.num_rows or not rows.num_columns:
        return
    last = rows.column(rows.num_columns - 1)[-1].as_py()
    if "\n" not in last and "\r" not in last:
        return
    tail = ""
    with path.open(encoding=encoding.codec, newline="") as file:
        while block := file.read(SNIFF):
            tail = (tail[-1:] + block).rstrip() or tail
    if tail.endswith('"'):
        return
    begins = 1
    with path.open(encoding=encoding.codec, newline="") as file:
        for line, _ in _records(file, separator):
            begins = line
    raise DataError(
        f"A quotation mark opened in line {begins} of “{path.name}” is never closed.",
        "Close it, or write it twice if it belongs to the text, and save the file again.",
    )


def _said(separator: str, width: int) -> str:
    if separator == "," or width < 2:
        return ""
    return f"The cells are separated by {SEPARATORS[separator]}."
