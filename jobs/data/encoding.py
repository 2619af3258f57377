"""Finds out how a text file is encoded, and refuses what is no text."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from jobs.errors import DataError

SAMPLE = 1 << 20  # bytes that a guess looks at
BLOCK = 1 << 22

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BINARIES = (
    (
        b"PK\x03\x04",
        "a ZIP archive or a spreadsheet",
        "Save the sheet as CSV, or unpack the archive",
    ),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "Save the sheet as CSV"),
    (b"PAR1", "a Parquet file", "Give its name the ending .parquet"),
    (b"ARROW1", "an Arrow file", "Save it as Parquet or CSV"),
    (b"%PDF", "a PDF", "Save the rows as CSV"),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first"),
    (b"\x80\x02", "a Python pickle", "Save the rows as CSV or JSONL"),
    (b"\x80\x03", "a Python pickle", "Save the rows as CSV or JSONL"),
    (b"\x80\x04", "a Python pickle", "Save the rows as CSV or JSONL"),
    (b"\x80\x05", "a Python pickle", "Save the rows as CSV or JSONL"),
    (b"\x89PNG", "a picture", "Choose the file that holds your examples"),
    (b"\xff\xd8\xff", "a picture", "Choose the file that holds your examples"),
    (b"SQLite format 3", "a database", "Save the table as CSV"),
)
# What remains to be told apart once a file is known not to be Unicode. cp1252 is handled before.
MULTIBYTE = ["gb18030", "shift_jis", "euc_jp", "big5", "euc_kr", "cp1251", "cp1250", "cp1253"]
TITLES = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252 (Western European)",
    "gb18030": "GBK (Chinese)",
    "shift_jis": "Shift-JIS (Japanese)",
    "cp1251": "Windows-1251 (Cyrillic)",
}


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and a sentence for the user where it is not plain UTF-8."""

    codec: str
    note: str = ""


def detect(path: Path, *, whole: bool = True) -> Encoding:
    """The encoding that all of the file (or its beginning) decodes in; `DataError` if none does."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    refuse_binary(path, sample)
    codec = _by_mark(sample) or _utf16_without_mark(sample)
    if codec is None:
        bad = _undecodable(path, "utf-8", whole)
        if bad is None:
            _refuse_nul(path, sample)
            return Encoding("utf-8")
        codec = _guess(path, bad, sample)
    bad = _undecodable(path, codec, whole)
    if bad is not None:
        raise DataError(
            f"“{path.name}” looks like {_title(codec)}, but line {bad} cannot be read that way.",
            "Open it in the program it came from and save it as UTF-8.",
        )
    note = "" if codec == "utf-8-sig" else f"The text is encoded in {_title(codec)}."
    return Encoding(codec, note)


def refuse_binary(path: Path, sample: bytes) -> None:
    """Raise where the first bytes are those of a well-known kind of file that is no text."""
    for magic, what, cure in BINARIES:
        if sample.startswith(magic):
            raise DataError(f"“{path.name}” is not text: it is {what}.", f"{cure}.")


def _by_mark(sample: bytes) -> str | None:
    return next((codec for mark, codec in BOMS if sample.startswith(mark)), None)


def _utf16_without_mark(sample: bytes) -> str | None:
    """UTF-16 of mostly Latin text has a NUL in every second byte."""
    even, odd = sample[0::2], sample[1::2]
    if len(odd) < 4:
        return None
    if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def _refuse_nul(path: Path, sample: bytes) -> None:
    at = sample.find(b"\0")
    if at >= 0:
        line = sample.count(b"\n", 0, at) + 1
        raise DataError(
            f"“{path.name}” is not text: there is a zero byte in line {line}.",
            "Save your examples as CSV, JSONL or Parquet and choose that file.",
        )


def _undecodable(path: Path, codec: str, whole: bool) -> int | None:
    """The 1-based line near which decoding fails, or None where nothing fails."""
    decoder = codecs.getincrementaldecoder(codec)()
    line = 1
    with path.open("rb") as file:
        while block := file.read(BLOCK if whole else SAMPLE):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            if not whole:
                return None
            line += block.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _guess(path: Path, line: int, sample: bytes) -> str:
    """The likeliest encoding of text that is not Unicode.

    In Western European text the bytes above 127 stand mostly alone between plain letters; in
    Chinese, Japanese, Korean or Cyrillic text they come in runs.
    """
    _refuse_nul(path, sample)
    if not _decodes(sample, "latin-1"):
        raise DataError(
            f"“{path.name}” is not text.",
            "Save your examples as CSV, JSONL or Parquet and choose that file.",
        )
    high = [byte > 127 for byte in sample]
    total = sum(high)
    runs = sum(1 for i, is_high in enumerate(high[1:], 1) if is_high and high[i - 1])
    if total and runs < 0.4 * total and _decodes(sample, "cp1252"):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample[: 1 << 16], cp_isolation=MULTIBYTE).best()
    if best is not None and not total > 0.9 * len(sample):
        return best.encoding
    raise DataError(
        f"It cannot be told how the text of “{path.name}” is encoded (line {line}).",
        "Open it in the program it came from and save it as UTF-8.",
    )


def _decodes(sample: bytes, codec: str) -> bool:
    """Whether it decodes to something that is not full of control characters."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError:
        return False
    control = sum(1 for character in text if character < " " and character not in "\t\r\n\f\v")
    return control <= 0.001 * len(text)


def _title(codec: str) -> str:
    return TITLES.get(codec, codec.upper().replace("_", "-"))
