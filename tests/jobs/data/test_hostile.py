"""Files that nobody means well with: each gives a clear sentence, or rows; none breaks anything."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from jobs.data import ReadAs, import_dataset, load_examples, preview
from jobs.errors import AttuneError

ROOT = Path(__file__).parents[3]
GOOD = "prompt,completion\n" + "".join(f"p{i},a{i}\n" for i in range(12))


def csv(text: str | bytes) -> tuple[str, bytes]:
    return "rows.csv", text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def jsonl(*lines: str) -> tuple[str, bytes]:
    good = [json.dumps({"prompt": f"p{i}", "completion": f"a{i}"}) for i in range(5)]
    return "rows.jsonl", "\n".join([*good, *lines]).encode("utf-8", "surrogatepass")


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


def parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def feather() -> bytes:
    buffer = io.BytesIO()
    pyarrow.feather.write_feather(
        pa.table({"prompt": ["x"] * 500, "completion": ["y"] * 500}), buffer
    )
    return buffer.getvalue()


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/attune-pickle-was-run",)


PAIR = '{"prompt": "p", "completion": "c"}'
PARQUET = parquet(pa.table({"prompt": [f"p{i}" for i in range(50)], "completion": ["c"] * 50}))
CHAT = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]

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
    "Parquet as CSV": (csv(PARQUET), "Parquet"),
    "a ZIP as CSV": (csv(zipped(**{"a.csv": b"x"})), "ZIP"),
    "JSON as CSV": (csv("\n".join([PAIR] * 5)), "looks like JSON"),
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
    "JSON that is cut": (jsonl('{"prompt": "x", "compl'), "Line 6"),
    "no object": (jsonl("[1, 2]"), "Line 6"),
    "a text": (jsonl('"hello"'), "Line 6"),
    "NaN": (jsonl('{"prompt": NaN, "completion": "x"}'), "NaN"),
    "Infinity": (jsonl('{"prompt": "x", "completion": -Infinity}'), "Infinity"),
    "a lone surrogate": (jsonl('{"prompt": "\\ud800", "completion": "x"}'), "half a character"),
    "a key twice": (jsonl('{"prompt": "a", "prompt": "b", "completion": "c"}'), "twice"),
    "deep lists": (jsonl('{"prompt": ' + "[" * 50_000 + "]" * 50_000 + "}"), "nested too deeply"),
    "deep objects": (jsonl('{"prompt": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}"), "nested"),
    "deep JSON": (("rows.json", b"[" * 100_000), "nested too deeply"),
    "JSON, no list": (("rows.json", b'{"a": 1}'), "no list"),
    "JSON, cut": (("rows.json", b'[{"prompt": "a", "completion": "b"}, {"pro'), "line 1"),
    "JSON, more after it": (("rows.json", f"[{PAIR}] x".encode()), "after the end"),
    "JSON, a key twice": (("rows.json", b'[{"a": 1, "a": 2}]'), "twice"),
    "JSON, NaN": (("rows.json", b'[{"prompt": NaN}]'), "NaN"),
    "JSON, numbers": (("rows.json", b"[1, 2, 3]"), "Entry 1"),
    "JSON, lists of lists": (("rows.json", b'[["a", "b"], ["c", "d"]]'), "Entry 1"),
    "JSON, lists of unequal length": (
        ("rows.json", b'{"prompt": ["a", "b"], "completion": ["c"]}'),
        "no list of examples",
    ),
    "JSON, an empty list": (("rows.json", b" [ ] "), "empty list"),
    "JSON lines, a chat of nobody": (
        (
            "rows.jsonl",
            "\n".join(
                [json.dumps({"messages": CHAT})] * 30
                + ['{"messages": [{"role": "<script>", "content": "x"}]}']
            ).encode(),
        ),
        "Row 31 is not a chat: .* “<script>” is not known",
    ),
    "CSV as JSON": (("rows.json", GOOD.encode()), "not JSON"),
    "a truncated Parquet": (("rows.parquet", PARQUET[:-30]), "not a whole Parquet"),
    "a Parquet without its middle": (
        ("rows.parquet", PARQUET[:20] + b"\0" * 200 + PARQUET[220:]),
        "Parquet|text",
    ),
    "CSV as Parquet": (("rows.parquet", GOOD.encode()), "not a whole Parquet"),
    "a Parquet of bytes": (
        ("rows.parquet", parquet(pa.table({"prompt": [b"\xff"] * 9, "completion": [b"\xfe"] * 9}))),
        "which is not text",
    ),
    "a Parquet without columns": (("rows.parquet", parquet(pa.table({}))), "has no columns"),
    "a Parquet without rows": (
        ("rows.parquet", parquet(pa.table({"prompt": pa.array([], pa.string())}))),
        "no rows",
    ),
    "a truncated Arrow": (("rows.feather", feather()[:-40]), "not a whole Arrow"),
    "CSV as Arrow": (("rows.arrow", GOOD.encode()), "not a whole Arrow"),
    "a bomb": (("rows.zip", zip_bomb()), "unpacks to"),
    "a ZIP that lies": (("rows.zip", lying_zip()), "not a whole ZIP|cell|CSV"),
    "a locked ZIP": (("rows.zip", locked_zip()), "password"),
    "a ZIP of links": (("rows.zip", linked_zip()), "no file of examples"),
    "a ZIP in a ZIP": (("rows.zip", zipped(**{"rows.zip": zipped(a=b"x")})), "no file of examples"),
    "an empty ZIP": (("rows.zip", zipped()), "no file of examples"),
    "a truncated ZIP": (("rows.zip", zipped(**{"rows.csv": GOOD.encode()})[:-40]), "whole ZIP"),
    "CSV as ZIP": (("rows.zip", GOOD.encode()), "not a whole ZIP"),
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
    "a ZIP of tomorrow": (("rows.zip", future_zip(zipped(**{"rows.csv": GOOD.encode()}))), "ZIP"),
    "an empty workbook": (("rows.xlsx", workbook(lambda book: None)), "no rows"),
    "an empty archive as workbook": (("rows.xlsx", zipped(**{"a.xml": b"<a/>"})), "whole workbook"),
    "a text without separator": (("rows.txt", b"just a line\nand another\n"), "separator"),
    "a line of too many parts": (
        ("rows.txt", b"".join(b"p%d ||| a\n" % i for i in range(300)) + b"a ||| b ||| c\n"),
        "Line 301",
    ),
    "a chat of nonsense": (
        (
            "rows.jsonl",
            "\n".join([json.dumps({"messages": CHAT})] * 30 + ['{"messages": "x"}']).encode(),
        ),
        "Row 31",
    ),
    "an unknown ending": (("rows.docx", b"x"), "does not end like"),
    "no ending": (("rows", b"x"), "does not end like"),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_clear_sentence_and_nothing_left(case: str, tmp_path: Path) -> None:
    (name, content), words = REFUSED[case]
    path = tmp_path / name
    path.write_bytes(content)
    home = tmp_path / "datasets"
    with pytest.raises(AttuneError, match=words) as caught:
        import_dataset(path, home / "1", name="d")
    assert caught.value.cure.endswith((".", "?")), caught.value.cure
    assert len(caught.value.what) < 400
    assert "Traceback" not in str(caught.value)
    assert not home.exists() or not list(home.iterdir())
    assert not Path("/tmp/attune-pickle-was-run").exists()
    with contextlib.suppress(AttuneError):  # the page says it too, or sees nothing wrong so far
        preview(path)


BEARING = """
import json, resource, sys
from pathlib import Path
from jobs.data import import_dataset, preview
from jobs.errors import AttuneError
folder = Path(sys.argv[1])
import_dataset(folder / "good.csv", folder / "first", name="d")  # what is loaded once is loaded
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sorted((folder / "bad").rglob("*")):
    if path.is_file():
        for look in (preview, lambda path: import_dataset(path, folder / "made", name="d")):
            try:
                look(path)
            except AttuneError:
                pass
assert not (folder / "made").exists()
import_dataset(folder / "good.csv", folder / "last", name="d")  # it is as well as ever
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss counts other units elsewhere")
def test_one_process_bears_them_all_in_little_memory(tmp_path: Path) -> None:
    assert len(REFUSED) >= 60
    (tmp_path / "good.csv").write_text(GOOD)
    for number, (name, content) in enumerate(content for content, _ in REFUSED.values()):
        place = tmp_path / "bad" / str(number)
        place.mkdir(parents=True)
        (place / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-P", "-c", BEARING, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 300  # MiB more than an import of twelve rows takes
    for made in ("first", "last"):
        assert (tmp_path / made / "rows.parquet").is_file()


SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(1)">'
ODD_CELLS = {
    "a formula": '=HYPERLINK("http://example.org","x")',
    "a command": "=cmd|' /C calc'!A0",
    "a script": SCRIPT,
    "bidirectional control": "abc\u202edef\u2066ghi\u2069",
    "null": "null",
    "None": "None",
    "NA": "NA",
    "nan": "nan",
    "leading zeros": "007",
    "a long number": "12345678901234567890123",
    "a date": "2024-01-02",
    "emoji": "👩🏽‍🚀 ok",
    "a private character": "\ue000\U0010ffff",
    "a Unicode line break": "one\u2028two\x85three",
    "a template": "{prompt} {{x}} ${y}",
    "a path": "../../etc/passwd",
    "braces of JSON": '{"a": [1, 2]}',
    "quotation marks": 'say ""hi"" "',
}


@pytest.mark.parametrize("case", ODD_CELLS, ids=str)
@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx", "parquet"])
def test_an_odd_cell_is_text(case: str, ending: str, tmp_path: Path) -> None:
    cell, path = ODD_CELLS[case], tmp_path / f"rows.{ending}"
    rows = [{"prompt": f"{cell} {i}", "completion": cell} for i in range(6)]
    if ending == "csv":
        quoted = cell.replace('"', '""')
        lines = "".join(f'"{quoted} {i}","{quoted}"\n' for i in range(6))
        path.write_text("prompt,completion\n" + lines, newline="")
    elif ending == "jsonl":
        path.write_text("\n".join(map(json.dumps, rows)))
    elif ending == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        path.write_bytes(workbook(lambda book: fill(book, rows)))
    import_dataset(path, tmp_path / "d", name="d")
    kept = load_examples(tmp_path / "d", "train")
    assert {row.references for row in kept} == {(cell,)}
    assert all(row.prompt == f"{cell} {row.row - 1}" for row in kept)


def fill(book: openpyxl.Workbook, rows: list[dict[str, str]]) -> None:
    book.active.append(["prompt", "completion"])
    for number, row in enumerate(rows, 2):
        for column, text in enumerate(row.values(), 1):
            book.active.cell(number, column).value = text
            book.active.cell(number, column).data_type = "s"


def test_paths_in_a_zip_lead_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    archive = folder / "rows.zip"
    archive.write_bytes(zipped(**{"../../../escaped.csv": b"x", "/root.csv": GOOD.encode()}))
    before = sorted(tmp_path.rglob("*"))
    made = import_dataset(archive, tmp_path / "d", name="d")
    assert sum(made.counts.values()) == 12
    assert sorted(p for p in tmp_path.rglob("*") if "d" not in p.parts[-2:]) == before
    assert not list(tmp_path.parent.glob("escaped*"))


def test_formulas_and_links_of_a_workbook_are_not_followed(tmp_path: Path) -> None:
    def filled(book: openpyxl.Workbook) -> None:
        book.active.append(["prompt", "completion"])
        for i in range(8):
            book.active.append([f"p{i}", f"a{i}"])
        book.active.append(
            ["=[http://127.0.0.1:9/x.xlsx]S!A1", '=WEBSERVICE("http://127.0.0.1:9")']
        )

    path = tmp_path / "rows.xlsx"
    path.write_bytes(workbook(filled))
    made = import_dataset(path, tmp_path / "d", name="d")
    assert sum(made.counts.values()) == 8  # a formula that was never calculated has no value
    assert "127.0.0.1" not in str([load_examples(tmp_path / "d", s) for s in ("train", "test")])


def test_entities_of_a_workbook_neither_grow_nor_read_files(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    path.write_bytes(entities_workbook())
    try:
        text = str(preview(path))
    except AttuneError:
        return
    assert "root:" not in text
    assert len(text) < 100_000


def test_a_symbolic_link_is_followed_and_a_broken_one_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text(GOOD)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert preview(tmp_path / "link.csv").rows == 12
    (tmp_path / "broken.csv").symlink_to(tmp_path / "gone.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    for name in ("broken.csv", "loop.csv"):
        with pytest.raises(AttuneError, match="There is no file"):
            preview(tmp_path / name)


def test_names_that_are_no_names(tmp_path: Path) -> None:
    for name in ("x" * 300 + ".csv", "a\0b.csv", "", "/dev/null", "/proc/self/mem", "a/b/c.csv"):
        with pytest.raises(AttuneError):
            preview(name)
    path = tmp_path / ("n" * 240 + ".csv")
    path.write_text(GOOD)
    assert preview(path).rows == 12


def test_names_of_columns_that_are_no_names(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    names = f' prompt ,"{SCRIPT.replace(chr(34), chr(34) * 2)}",,prompt,"a\nb"'
    path.write_text(names + "\n" + "".join(f"p{i},a{i},c,d,e\n" for i in range(9)))
    seen = preview(path)
    assert seen.columns == ("prompt", SCRIPT, "column 3", "prompt (2)", "a\nb")
    assert seen.notes == (
        "White space around column names was taken away: “prompt”.",
        "Column 3 has no name; it is called “column 3” here.",
        "Two columns are called “prompt”; the later one is “prompt (2)” here.",
    )
    chosen = preview(path, prompt="prompt", completions=(SCRIPT,))
    assert chosen.cards[0].references == ("a0",)


def test_ten_thousand_columns(tmp_path: Path) -> None:
    wide = ["prompt", "completion", *(f"c{i}" for i in range(9_998))]
    path = tmp_path / "rows.csv"
    path.write_text(",".join(wide) + "\n" + (",".join(["x"] * 10_000) + "\n") * 3)
    assert len(preview(path).columns) == 10_000
    path.write_text(",".join([*wide, "more"]) + "\n" + ",".join(["x"] * 10_001) + "\n")
    with pytest.raises(AttuneError, match="10,001 columns"):
        preview(path)


@pytest.mark.parametrize(
    ("codec", "given"), [("gb18030", "gbk"), ("shift_jis", "Shift-JIS"), ("cp1252", "windows-1252")]
)
def test_an_encoding_that_is_given_is_kept_to(codec: str, given: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    text = {"gb18030": "提示,完成\n你好,世界\n", "shift_jis": "質問,答え\nかな,カナ\n"}
    path.write_bytes(text.get(codec, "é,ü\nä,ß\n").encode(codec))
    assert preview(path, reading=ReadAs(encoding=given)).rows == 1
    for wrong in ("ascii", "no such", "base64", "rot13", "x" * 500):
        with pytest.raises(AttuneError):
            preview(path, reading=ReadAs(encoding=wrong))


# What takes much memory when it goes wrong is done by a child, whose peak is measured.
LARGE = {
    "a line of 200 MB": (
        "rows.csv",
        "b'prompt,completion\\n' + b'x' * 200_000_000",
        "million|64 MB",
    ),
    "a header of 200 MB": ("rows.csv", "b'x' * 200_000_000", "million characters"),
    "a JSON line of 200 MB": (
        "rows.jsonl",
        'b\'{"prompt": "\' + b\'x\' * 200_000_000 + b\'", "completion": "c"}\'',
        "longer than 64 MB",
    ),
    "a JSON value of 200 MB": (
        "rows.json",
        "b'{\"a\": \"' + b'x' * 200_000_000 + b'\"}'",
        "more than 64 MB",
    ),
    "a text line of 200 MB": ("rows.txt", "b'a ||| ' + b'x' * 200_000_000", "longer than"),
    "200 MB of line breaks": ("rows.csv", "b'\\n' * 200_000_000", "no rows"),
    "200 MB of open quotation": (
        "rows.csv",
        "b'prompt,completion\\na,\"' + b'x\\n' * 100_000_000",
        "64 MB|million|never closed|line 2",
    ),
}
CHILD = """
import sys
from pathlib import Path
from jobs.data import import_dataset
from jobs.errors import AttuneError
path = Path(sys.argv[1]) / {name!r}
with path.open("wb") as file:
    file.write({content})
before = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
Path("/proc/self/clear_refs").write_text("5")
try:
    import_dataset(path, Path(sys.argv[1]) / "d", name="d")
except AttuneError as error:
    print(error.what)
peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
print("peak", peak // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads VmHWM")
@pytest.mark.parametrize("case", LARGE, ids=str)
def test_large_ones_take_little_memory(case: str, tmp_path: Path) -> None:
    name, content, words = LARGE[case]
    code = CHILD.format(name=name, content=content)
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said, peak = done.stdout.strip().rsplit("\n", 1)
    assert re.search(words, said), said
    assert int(peak.split()[1]) < 900
    assert not (tmp_path / "d").exists()
