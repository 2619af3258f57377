"""Finds out how a text file is encoded, and refuses what is no text."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from jobs.data.utf8 import begins_as_text, is_utf8
from jobs.errors import DataError, InputError, Misread

SAMPLE = 1 << 20  # bytes that a guess looks at
BLOCK = 1 << 20  # fits the processor's cache, where a block is looked at several times

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
    (b"<!DOCTYPE", "a web page", "Download the file itself, not the page that shows it"),
    (b"<!doctype", "a web page", "Download the file itself, not the page that shows it"),
    (b"<html", "a web page", "Download the file itself, not the page that shows it"),
    (
        b"version https://git-lfs",
        "a pointer to a file that was not fetched",
        "Run “git lfs pull” where it came from",
    ),
)
# What remains to be told apart once a file is known not to be Unicode. cp1252 is handled before.
MULTIBYTE = ["gb18030", "shift_jis", "euc_jp", "big5", "euc_kr", "cp1251", "cp1250", "cp1253"]
OTHER_NAMES = {"gbk": "gb18030", "gb2312": "gb18030", "sjis": "shift_jis", "cp932": "cp932"}
CHOICES = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp1252", "Windows-1252 (Western European)"),
    ("cp1250", "Windows-1250 (Central European)"),
    ("cp1251", "Windows-1251 (Cyrillic)"),
    ("koi8-r", "KOI8-R (Cyrillic)"),
    ("cp1253", "Windows-1253 (Greek)"),
    ("gb18030", "GBK (Chinese)"),
    ("big5", "Big5 (Chinese)"),
    ("shift_jis", "Shift-JIS (Japanese)"),
    ("euc_jp", "EUC-JP (Japanese)"),
    ("euc_kr", "EUC-KR (Korean)"),
)
TITLES = {
    **dict(CHOICES),
    "utf-8-sig": "UTF-8 with a byte-order mark",
    "utf-16-le": "UTF-16 without a byte-order mark",
    "utf-16-be": "UTF-16 without a byte-order mark",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32",
}


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and a sentence for the user where it is not plain UTF-8."""

    codec: str
    note: str = ""
    is_checked: bool = False  # whether all of the file was found to be UTF-8


def detect(path: Path, given: str | None = None, *, whole: bool = True) -> Encoding:
    """The encoding that all of the file (or its beginning) decodes in; `DataError` if none does.

    What a person has `given` is kept to.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    whole = whole or len(sample) < SAMPLE
    refuse_binary(path, sample)
    codec = (
        _marked(known(given), sample) if given else _by_mark(sample) or _utf16_without_mark(sample)
    )
    if codec in (None, "utf-8"):
        fine = whole and is_utf8(path)
        bad = None if fine else _undecodable(path, "utf-8", whole)
        if bad is None:
            if not fine:
                _refuse_nul(path, whole)
            marked = sample.startswith(codecs.BOM_UTF8)
            return Encoding("utf-8-sig" if marked else "utf-8", is_checked=fine)
        if codec is None:
            codec = _guess(path, bad, sample)
    bad = _undecodable(path, codec, whole)
    if bad is not None:
        looks = "was to be read as" if given else "looks like"
        raise Misread(
            f"“{path.name}” {looks} {title(codec)}, but line {bad} cannot be read that way.",
            "Choose another encoding, or open it in the program it came from and save it as UTF-8.",
        )
    if codec == "utf-8-sig":
        return Encoding(codec)
    return Encoding(codec, f"The text is encoded in {title(codec)}.")


def _marked(codec: str, sample: bytes) -> str:
    """A codec that wants a byte-order mark, where there is none: one that wants none."""
    if codec == "utf-8-sig" and not sample.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if codec not in ("utf-16", "utf-32") or _by_mark(sample) == codec:
        return codec
    return _utf16_without_mark(sample) or f"{codec}-le"


def encodings(found: str | None = None) -> tuple[tuple[str, str], ...]:
    """Codec and title of the encodings that are offered; any other of Python's may be given.

    The one that was `found` out is among them: what cannot be chosen again cannot be sent.
    """
    more = () if found is None or found in dict(CHOICES) else ((found, title(found)),)
    return (*CHOICES, *more)


def known(given: str) -> str:
    """The codec of a name that a person gave: "gbk", "UTF-8", "Windows-1252", or a title."""
    name = given.strip().lower()
    titles = {title.lower(): codec for codec, title in CHOICES}
    name = titles.get(name, name.replace("windows-", "cp").replace("ansi", "cp1252"))
    try:
        found = codecs.lookup(OTHER_NAMES.get(name, name))
        "".encode(found.name)  # not base64, zlib and their like, which are no encodings of text
        found.incrementaldecoder().decode(b"")
    except (LookupError, TypeError, UnicodeError, ValueError):
        some = ", ".join(title for _, title in CHOICES)
        raise InputError(
            f"There is no encoding “{given[:40]}”.", f"Give one like {some}."
        ) from None
    return found.name.replace("-", "_") if found.name.startswith("iso") else found.name


def refuse_binary(path: Path, sample: bytes) -> None:
    """Raise where the first bytes are those of a well-known kind of file that is no text."""
    for magic, what, cure in BINARIES:
        if sample.startswith(magic):
            raise DataError(f"“{path.name}” is not text: it is {what}.", f"{cure}.")


def _by_mark(sample: bytes) -> str | None:
    return next((codec for mark, codec in BOMS if sample.startswith(mark)), None)


def _utf16_without_mark(sample: bytes) -> str | None:
    """UTF-16 of mostly Latin text has a NUL in every second byte."""
    if b"\0" not in sample:
        return None
    even, odd = sample[0::2], sample[1::2]
    if len(odd) < 4:
        return None
    if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def _refuse_nul(path: Path, whole: bool) -> None:
    """A zero byte is no text; looked for in all of the file, or in its beginning."""
    place = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK if whole else SAMPLE):
            at = block.find(b"\0")
            if at >= 0:
                line = _line(path, place + at)
                raise DataError(
                    f"“{path.name}” is not text: there is a zero byte in line {line}.",
                    "Save your examples as CSV, JSONL or Parquet and choose that file.",
                )
            if not whole:
                return
            place += len(block)


def _undecodable(path: Path, codec: str, whole: bool) -> int | None:
    """The 1-based line near which decoding fails, or None where nothing fails."""
    decoder = codecs.getincrementaldecoder(codec)()
    place = 0
    with path.open("rb") as file:
        if not whole and codec == "utf-8" and begins_as_text(file.read(SAMPLE)):
            return None
        file.seek(0)
        while block := file.read(BLOCK if whole else SAMPLE):
            held = len(decoder.getstate()[0])
            if held or codec != "utf-8" or not block.isascii():  # ASCII is looked at much faster
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    return _line(path, place - held + error.start)
                except UnicodeError:  # no byte-order mark where one is needed
                    return 1
            if not whole:
                return None
            place += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _line(path, place)
    return None


def _line(path: Path, place: int) -> int:
    """The 1-based line of a byte."""
    line, left = 1, place
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(left, BLOCK))):
            line += block.count(b"\n")
            left -= len(block)
    return line


def _guess(path: Path, line: int, sample: bytes) -> str:
    """The likeliest encoding of text that is not Unicode.

    In Western European text the bytes above 127 stand mostly alone between plain letters; in
    Chinese, Japanese, Korean or Cyrillic text they come in runs.
    """
    _refuse_nul(path, whole=False)
    if not _decodes(sample, "latin-1"):
        raise DataError(
            f"“{path.name}” is not text.",
            "Save your examples as CSV, JSONL or Parquet and choose that file.",
        )
    _refuse_surrogates(path, sample)
    high = [byte > 127 for byte in sample]
    total = sum(high)
    runs = sum(1 for i, is_high in enumerate(high[1:], 1) if is_high and high[i - 1])
    if total and runs < 0.4 * total and _decodes(sample, "cp1252"):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample[: 1 << 16], cp_isolation=MULTIBYTE).best()
    if best is not None and not total > 0.9 * len(sample):
        return best.encoding
    raise Misread(
        f"It cannot be told how the text of “{path.name}” is encoded (line {line}).",
        "Say which encoding it is, or open it in the program it came from and save it as UTF-8.",
    )


def _refuse_surrogates(path: Path, sample: bytes) -> None:
    """Half a character, written as if it were one: no encoding has that."""
    try:
        sample.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return
    raise DataError(
        f"Line {_undecodable(path, 'utf-8', True)} of “{path.name}” holds half a character (a lone "
        "surrogate).",
        "Save the file again as UTF-8 with the program it came from.",
    )


def _decodes(sample: bytes, codec: str) -> bool:
    """Whether it decodes to something that is not full of control characters."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError:
        return False
    control = sum(1 for character in text if character < " " and character not in "\t\r\n\f\v")
    return control <= 0.001 * len(text)


def title(codec: str) -> str:
    """What people call an encoding."""
    return TITLES.get(codec, codec.upper().replace("_", "-"))
