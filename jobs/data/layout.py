"""How a text of separated cells is laid out: separator, header, and where a row is malformed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from jobs.data.excerpt import excerpt
from jobs.data.words import count_of
from jobs.errors import BrokenLine, DataError, InputError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|", "pipe": "|"}
SNIFF = 1 << 20  # characters that the separator is guessed from
SNIFF_ROWS = 50
LONGEST_CELL = 1 << 24  # characters that Python's own reader takes; it only locates errors
LONGEST_LINE = 1 << 25
UNCLOSED = "Look for a quotation mark that is opened and never closed, and save the file again."
SENTENCE = (".", "?", "!", "。", "?", "!")


def one_character(separator: str | None) -> str | None:
    """A separator as a person gave it: a character, or "tab", "comma", "semicolon", "bar"."""
    if not separator:
        return None
    given = NAMES.get(separator.strip().lower(), separator)
    if len(given) != 1 or not given.isascii() or given in "\"\r\n'":
        raise InputError(
            f"“{separator[:20]}” cannot separate cells.",
            "Give one character, or one of the words comma, semicolon, tab and bar.",
        )
    return given


def guess_separator(sample: str, default: str = ",") -> str:
    """The separator that cuts most of the first rows into as many cells as the header."""
    best, best_score = default, (0.0, False, 0)
    text = io.StringIO(sample, newline="")
    for separator in SEPARATORS:
        widths = []
        text.seek(0)
        for _, record in records(text, separator):
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


def swallowed(sample: str, separator: str) -> str:
    """That a quotation mark was perhaps left open, though rows are as wide as the header.

    A cell that goes over several lines ends there at the next quotation mark, in the middle of
    another row's text. Looked for in files that the sample holds whole.
    """
    if len(sample) == SNIFF or '"' not in sample:
        return ""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for _ in reader:
            begins = reader.line_num + 1
    except csv.Error as error:
        if "expected after" in str(error) and reader.line_num > begins:
            return (
                f"A quotation mark in line {begins} was perhaps never closed: that row goes on to "
                f"line {reader.line_num} and may hold several. Look there, and save the file again."
            )
    return ""


def said(separator: str, width: int) -> str:
    """What was found out about the separator, where it is not the usual one."""
    if separator == "," or width < 2:
        return ""
    named = SEPARATORS.get(separator, f"“{separator}”")
    return f"The cells are separated by {named}."


def looks_like_rows(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the first line is an example rather than the names of columns.

    Names are short and no sentences. A single odd cell is not enough: people do write
    "What did the customer ask?" above a column.
    """
    filled = [name.strip() for name in first if name.strip()]
    if len(filled) < 2 or len(first) != len(second):
        return False
    return all(_is_text(name) for name in filled)


def _is_text(name: str) -> bool:
    words = name.split()
    ends = name.endswith(SENTENCE) and len(words) > 1
    return ends or len(name) > 60 or name.replace(".", "", 1).isdigit()


def records(file: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank lines, each with the 1-based line on which it begins."""
    csv.field_size_limit(LONGEST_CELL)  # the default refuses a cell of 128 KB
    reader = csv.reader(file, delimiter=separator)
    begins = 1
    try:
        for record in reader:
            if record:
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error:  # an overlong cell; what came before it is enough to go by
        return


def malformed(path: Path, codec: str, separator: str, width: int) -> DataError | None:
    """What is wrong with a file that cannot be parsed; None where it has no rows.

    A `BrokenLine` where it is one line and no other: a row that goes over several may have
    swallowed what belongs to others.
    """
    count = begins = 0
    with path.open(encoding=codec, newline="", errors="replace") as file:
        lines = _Lines(file)
        for begins, record in records(lines, separator):
            count += 1
            if len(record) == width:
                continue
            wrong = wrong_cells(path.name, begins, len(record), width, lines.last, separator)
            if any("\n" in each or "\r" in each for each in record):
                return swallowing(wrong)
            return wrong
        if not lines.ended:
            where = f"after line {begins}" if begins else "in line 1"
            what = f"“{path.name}” has a row of more than 16 million characters {where}."
            return DataError(what, UNCLOSED)
    if count < 2:
        return None
    what = f"“{path.name}” cannot be read as CSV: a row is too long or not well formed."
    return DataError(what, UNCLOSED)


def swallowing(wrong: BrokenLine) -> DataError:
    """A wrong row that goes over several lines: what an open quotation mark has swallowed, nobody
    can know, and it cannot be left out."""
    cure = "Look for a quotation mark that is opened there and never closed, and save the file"
    return DataError(wrong.what, f"{cure} again.")


def wrong_cells(
    name: str, line: int, cells: int, width: int, text: str, separator: str
) -> BrokenLine:
    """A row that has not as many cells as the header; where it has more, the first is marked."""
    return BrokenLine(
        f"Line {line} of “{name}” has {count_of(cells, 'cell')}, the header {width}.",
        "Put cells that hold a separator or a line break in quotation marks, and save the file "
        "again.",
        line=line,
        excerpt=excerpt(text, _separator(text, separator, width) if cells > width else None),
    )


def _separator(text: str, separator: str, number: int) -> int | None:
    """Where the separator of this number (from 1) stands that is not inside quotation marks."""
    quoted = False
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            number -= 1
            if not number:
                return at
    return None


class _Lines:
    """The lines of a file, none of them longer than the memory can bear."""

    def __init__(self, file: io.TextIOBase) -> None:
        self.file = file
        self.last = ""
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                return
            self.last = line
            yield line
        self.ended = True


def opened_quote(path: Path, codec: str, separator: str) -> None:
    """A quotation mark that is never closed swallows all lines below it without an error.

    Asked where the last cell holds a line break; raises where the mark is still open at the end.
    """
    tail = ""
    with path.open(encoding=codec, newline="") as file:
        while block := file.read(SNIFF):
            tail = (tail[-1:] + block).rstrip() or tail
    if tail.endswith('"'):
        return
    begins = 1
    with path.open(encoding=codec, newline="") as file:
        for line, _ in records(_Lines(file), separator):
            begins = line
    raise DataError(
        f"A quotation mark opened in line {begins} of “{path.name}” is never closed.",
        "Close it, or write it twice if it belongs to the text, and save the file again.",
    )
