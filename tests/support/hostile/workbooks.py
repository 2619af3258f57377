"""Workbooks: bombs, entities, locked ones, something else under their name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl

from hostile.archives import future_zip, zipped
from hostile.lines import GOOD


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(buffer)
    return buffer.getvalue()


def bomb_workbook() -> bytes:
    content = workbook(lambda book: book.active.append(["prompt", "completion"]))
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            new.writestr(member.filename, old.read(member))
        new.writestr("xl/media/image1.png", b"0" * (400 << 20))
    return buffer.getvalue()


def entities_workbook() -> bytes:
    """Entities that grow and one that reads a file, in the shared strings."""
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 9))
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    strings = (
        f'<?xml version="1.0"?>{doctype}<sst xmlns="http://schemas.openxmlformats.org/'
        'spreadsheetml/2006/main"><si><t>&l8;&f;</t></si></sst>'
    )
    content = workbook(lambda book: book.active.append(["prompt", "completion"]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.infolist():
            data = strings if "sharedStrings" in member.filename else old.read(member)
            new.writestr(member.filename, data)
    return buffer.getvalue()


def fill(book: openpyxl.Workbook, rows: list[dict[str, str]]) -> None:
    book.active.append(["prompt", "completion"])
    for number, row in enumerate(rows, 2):
        for column, text in enumerate(row.values(), 1):
            book.active.cell(number, column).value = text
            book.active.cell(number, column).data_type = "s"


# name, content, and what its sentence says (a part of it)
REFUSED: dict[str, tuple[tuple[str, bytes], str]] = {
    "a workbook bomb": (("rows.xlsx", bomb_workbook()), "unpacks to"),
    "CSV as workbook": (("rows.xlsx", GOOD.encode()), "not a whole workbook"),
    "a locked workbook": (
        ("rows.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        "not a whole workbook",
    ),
    "CSV as OpenDocument": (("rows.ods", GOOD.encode()), "not a whole workbook"),
    "a workbook of tomorrow": (
        ("rows.xlsx", future_zip(workbook(lambda book: book.active.append(["a", "b"])))),
        "not a whole workbook",
    ),
    "an OpenDocument of tomorrow": (
        ("rows.ods", future_zip(zipped(a=b"x"))),
        "not a whole workbook",
    ),
    "an empty workbook": (("rows.xlsx", workbook(lambda book: None)), "no rows"),
    "an empty archive as workbook": (("rows.xlsx", zipped(**{"a.xml": b"<a/>"})), "whole workbook"),
}
