"""ZIP files: bombs, lies about sizes, passwords, links, archives in archives."""

from __future__ import annotations

import io
import struct
import zipfile

from hostile.lines import GOOD, csv


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("rows.csv", "w", force_zip64=True) as file,
    ):
        file.write(b"prompt,completion\n")
        for _ in range(300):
            file.write(b"0" * (1 << 20))
    return buffer.getvalue()


def lying_zip() -> bytes:
    """A member that tells a small size and unpacks to a large one."""
    content = bytearray(zipped(**{"rows.csv": b"prompt,completion\n" + b"a,b\n" * 200_000}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(content)


def locked_zip() -> bytes:
    content = bytearray(zipped(**{"rows.csv": GOOD.encode()}))
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def future_zip(content: bytes) -> bytes:
    """An archive that asks for version 6.4 of the format, which nobody knows."""
    changed = bytearray(content)
    at = changed.rindex(b"PK\x01\x02")
    changed[at + 6 : at + 8] = struct.pack("<H", 64)
    return bytes(changed)


def linked_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("rows.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


# name, content, and what its sentence says (a part of it)
REFUSED: dict[str, tuple[tuple[str, bytes], str]] = {
    "a ZIP as CSV": (csv(zipped(**{"a.csv": b"x"})), "ZIP"),
    "a bomb": (("rows.zip", zip_bomb()), "unpacks to"),
    "a ZIP that lies": (("rows.zip", lying_zip()), "not a whole ZIP|cell|CSV"),
    "a locked ZIP": (("rows.zip", locked_zip()), "password"),
    "a ZIP of links": (("rows.zip", linked_zip()), "no file of examples"),
    "a ZIP in a ZIP": (("rows.zip", zipped(**{"rows.zip": zipped(a=b"x")})), "no file of examples"),
    "an empty ZIP": (("rows.zip", zipped()), "no file of examples"),
    "a truncated ZIP": (("rows.zip", zipped(**{"rows.csv": GOOD.encode()})[:-40]), "whole ZIP"),
    "CSV as ZIP": (("rows.zip", GOOD.encode()), "not a whole ZIP"),
    "a ZIP of tomorrow": (("rows.zip", future_zip(zipped(**{"rows.csv": GOOD.encode()}))), "ZIP"),
}
