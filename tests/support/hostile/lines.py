"""Plain files: CSV and text that are none, cut, broken, or something else under their name."""

from __future__ import annotations

import os
import pickle

GOOD = "prompt,completion\n" + "".join(f"p{i},a{i}\n" for i in range(12))


def csv(text: str | bytes) -> tuple[str, bytes]:
    return "rows.csv", text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/attune-pickle-was-run",)


# name, content, and what its sentence says (a part of it)
REFUSED: dict[str, tuple[tuple[str, bytes], str]] = {
    "empty": (csv(""), "is empty"),
    "only white space": (csv(" \n\t\n  "), "no rows"),
    "only a header": (csv("prompt,completion\n"), "no rows"),
    "only a mark": (csv(b"\xef\xbb\xbf"), "no rows"),
    "one row": (csv("prompt,completion\na,b\n"), "1 prompt"),
    "all blank": (csv("prompt,completion\n" + " ,\n" * 20), "No row has both"),
    "a zero byte": (csv("prompt,completion\na,b\nc,\0d\n"), "line 3"),
    "zero bytes alone": (csv(b"\0" * 5000), "zero byte"),
    "random bytes": (csv(bytes(range(256)) * 40), "not text"),
    "a pickle": (csv(pickle.dumps(Evil())), "pickle"),
    "an old pickle": (csv(pickle.dumps(Evil(), protocol=2)), "pickle"),
    "a picture": (csv(b"\x89PNG\r\n\x1a\n" + b"x" * 100), "picture"),
    "a program": (csv(b"\x7fELF\x02\x01\x01" + b"\0" * 60), "not text"),
    "a PDF": (csv(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "PDF"),
    "gzip": (csv(b"\x1f\x8b\x08" + b"\0" * 50), "gzip"),
    "a web page": (csv("<!DOCTYPE html><html><body>Sign in</body></html>"), "web page"),
    "a pointer": (csv("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "pointer"),
    "an open quotation mark": (csv(GOOD + 'x,"never closed\n' + "y,z\n" * 50), "[Ll]ine 14"),
    "too many cells": (csv(GOOD + "a,b,c\n"), "Line 14"),
    "too few cells": (csv(GOOD + "a\n"), "Line 14"),
    "a broken UTF-8": (
        csv(b"prompt,completion\n" + b"a,b\n" * 20 + b"\xc3(\x80\xff\x00,c\n"),
        "line|text",
    ),
    "a truncated UTF-16": (csv("prompt,completion\na,b\n".encode("utf-16") + b"\x00"), "UTF-16"),
    "a lone surrogate in UTF-8": (
        csv("prompt,completion\na,\ud800\n"),
        "Line 2 .* half a character",
    ),
    "a text without separator": (("rows.txt", b"just a line\nand another\n"), "separator"),
    "a line of too many parts": (
        ("rows.txt", b"".join(b"p%d ||| a\n" % i for i in range(300)) + b"a ||| b ||| c\n"),
        "Line 301",
    ),
    "an unknown ending": (("rows.docx", b"x"), "does not end like"),
    "no ending": (("rows", b"x"), "does not end like"),
}
