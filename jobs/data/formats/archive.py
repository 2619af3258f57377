"""A ZIP archive with a file of examples in it; where it holds several, one is chosen."""

from __future__ import annotations

import lzma
import stat
import struct
import tempfile
import zipfile
import zlib
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePosixPath

from jobs.data.formats import chosen, formats
from jobs.data.source import ReadAs, Source
from jobs.errors import DataError, InputError

LARGEST = 1 << 34  # bytes that one file may have unpacked
MOST_RATIO = 200  # of unpacked to packed; rows of text stay well below it
SMALL = 1 << 26  # bytes below which no ratio is suspicious
BLOCK = 1 << 20
# What zipfile raises for bytes that are no archive: offsets may point anywhere.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, OSError),
    *(ValueError, RuntimeError, struct.error, OverflowError),
)


class Archive:
    name = "ZIP"
    extensions = (".zip",)

    def open(self, path: Path, reading: ReadAs, *, whole: bool) -> Source:
        try:
            with zipfile.ZipFile(path) as archive:
                names = _members(archive)
                member = _chosen(path, names, reading.sheet)
                with ExitStack() as leaving:
                    folder = leaving.enter_context(tempfile.TemporaryDirectory(prefix="attune-"))
                    unpacked = _unpack(path, archive, member, Path(folder))
                    inner = replace(reading, sheet=None)
                    source = chosen(unpacked).open(unpacked, inner, whole=whole)
                    source.closing.push(leaving.pop_all())
        except PermissionError:
            raise
        except BROKEN as error:
            raise DataError(
                f"“{path.name}” is not a whole ZIP archive.",
                "Pack it again, or choose the file that is in it.",
                detail=str(error),
            ) from None
        if len(names) > 1:
            source.notes.insert(0, f"Of {len(names)} files in the archive “{member}” is read.")
        source.sheets = names
        source.reading = replace(source.reading, sheet=member)
        return source


FORMAT = Archive()


def _members(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """Names of the files that can be read, without folders, links and what systems add."""
    known = {end for each in formats() for end in each.extensions if each.name != FORMAT.name}
    found = []
    for member in archive.infolist():
        place = PurePosixPath(member.filename)
        linked = stat.S_ISLNK(member.external_attr >> 16)
        hidden = any(part.startswith((".", "__MACOSX")) for part in place.parts)
        if place.suffix.lower() in known and not (member.is_dir() or linked or hidden):
            found.append(member.filename)
    return tuple(dict.fromkeys(found))


def _chosen(path: Path, names: tuple[str, ...], wanted: str | None) -> str:
    if not names:
        raise DataError(
            f"“{path.name}” holds no file of examples.",
            "Pack a CSV, JSONL, Parquet or spreadsheet file, or choose it without packing.",
        )
    if wanted is None:
        return next((name for name in names if "train" in _words(name)), _first(names))
    if wanted not in names:
        listed = ", ".join(f"“{name[:60]}”" for name in names[:12])
        raise InputError(f"“{path.name}” holds no file “{wanted[:80]}”.", f"There are {listed}.")
    return wanted


def _first(names: tuple[str, ...]) -> str:
    """The first that is no plain text, which beside other files is mostly a note on them."""
    return next((name for name in names if not name.lower().endswith(".txt")), names[0])


def _words(name: str) -> list[str]:
    return PurePosixPath(name).stem.lower().replace("-", "_").replace(".", "_").split("_")


def _unpack(path: Path, archive: zipfile.ZipFile, member: str, folder: Path) -> Path:
    """One file into a folder of ours, under a name of ours: the archive's names are no paths."""
    info = archive.getinfo(member)
    if info.flag_bits & 1:
        raise DataError(
            f"“{path.name}” is locked with a password.", "Unpack it and choose the file in it."
        )
    suspicious = info.file_size > SMALL and info.file_size > MOST_RATIO * info.compress_size
    if suspicious or info.file_size > LARGEST:
        raise DataError(
            f"“{member[:80]}” in “{path.name}” unpacks to {info.file_size / 1e9:,.1f} GB from "
            f"{info.compress_size / 1e6:,.1f} MB, which no file of examples does.",
            "Unpack it yourself and choose the file in it.",
        )
    target = folder / f"rows{PurePosixPath(member).suffix.lower()}"
    with archive.open(info) as packed, target.open("wb") as file:
        while block := packed.read(BLOCK):  # no further than the size it told, or a zlib error
            file.write(block)
    if not target.stat().st_size:
        raise DataError(f"“{member[:80]}” in “{path.name}” is empty.", "Choose another file in it.")
    return target
