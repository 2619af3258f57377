"""A large file is read in one go; one that is not as its beginning says is what it is otherwise."""

import json

import pytest
from ways import WAYS, going

from jobs.data import import_dataset, load_examples
from jobs.data.dataset import _Import
from jobs.data.formats import jsonl
from jobs.data.source import ReadAs
from jobs.errors import DataError

PLAIN = b"".join(b"Where is parcel %d?,On its way %d\n" % (n, n) for n in range(300))
LINES = b"".join(
    json.dumps({"prompt": f"Where is parcel {n}?", "completion": f"On its way {n}"}).encode()
    + b"\n"
    for n in range(200)
)
FILES = {
    "plain.csv": PLAIN,
    "accents.csv": PLAIN + "Où?,Là\n".encode() + PLAIN,
    "western.csv": PLAIN + "Où est-il ?,Là-bas\n".encode("cp1252") + PLAIN,
    "zero.csv": PLAIN + b"a\0b,c\n" + PLAIN,
    "width.csv": PLAIN + b"a,b,c\n" + PLAIN,
    "open.csv": PLAIN + b'a,"b\n' + PLAIN,
    "half.csv": PLAIN + b"a,\xc3\n" + PLAIN,
    "end.csv": PLAIN + b"a,b\xc3",
    "unicode.csv": (b"prompt,completion\n" + PLAIN).decode().encode("utf-16"),
    "plain.jsonl": LINES,
    "western.jsonl": LINES + '{"prompt": "Où ?", "completion": "Là"}\n'.encode("cp1252") + LINES,
    "number.jsonl": LINES + b'{"prompt": 7, "completion": "b"}\n' + LINES,
    "zero.jsonl": LINES + b'{"prompt": "\0", "completion": "b"}\n' + LINES,
    "broken.jsonl": LINES + b'{"prompt": "a"\n' + LINES,
    "both.jsonl": LINES + b'{"prompt": "a"\n' + LINES + b'{"prompt": "\xe9"}\n',
}


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Of a few kilobytes the beginning is looked at, as of many megabytes elsewhere."""
    monkeypatch.setattr("jobs.data.encoding.SAMPLE", 1 << 10)
    monkeypatch.setattr("jobs.data.dataset.HEAD", 20)
    monkeypatch.setattr(jsonl, "SEEN", 20)
    monkeypatch.setattr("jobs.data.cells.BLOCK", 1 << 11)
    monkeypatch.setattr(jsonl, "BLOCK", 1 << 11)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("way", WAYS)
def test_it_is_read_as_if_all_had_been_looked_at(tmp_path, monkeypatch, name, way):
    head = b"prompt,completion\n" if name.endswith(".csv") and "unicode" not in name else b""
    (tmp_path / name).write_bytes(head + FILES[name])

    def imported(folder, trusted):
        monkeypatch.setattr("jobs.data.dataset.TRUSTED", trusted)
        try:
            made = import_dataset(tmp_path / name, tmp_path / folder, name="d")
        except DataError as error:
            assert not (tmp_path / folder).exists()
            return type(error), error.what, error.cure
        rows = load_examples(tmp_path / folder, "test")
        return made.fingerprint, made.counts, made.findings, made.intake, made.bytes, rows

    with going(way):
        assert imported("one", -1) == imported("other", 1 << 40)
    assert not list(tmp_path.glob("*/*staged*"))


@pytest.mark.parametrize("leave_out", [False, True])
def test_what_is_as_it_begins_is_read_once(tmp_path, monkeypatch, leave_out):
    monkeypatch.setattr("jobs.data.dataset.TRUSTED", -1)
    trusted = []
    read = _Import.read

    def counted(made, path, columns, reading):
        trusted.append(bool(reading and reading.trusting))
        read(made, path, columns, reading)

    monkeypatch.setattr(_Import, "read", counted)
    (tmp_path / "a.csv").write_bytes(b"prompt,completion\n" + PLAIN)
    reading = ReadAs(leave_out=leave_out)
    import_dataset(tmp_path / "a.csv", tmp_path / "d", name="d", reading=reading)
    if "compiled" in WAYS:
        assert trusted == [not leave_out]


def test_a_stop_is_no_reason_to_begin_anew(tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.data.dataset.TRUSTED", -1)
    (tmp_path / "a.csv").write_bytes(b"prompt,completion\n" + PLAIN)
    told = []

    def stop(progress):
        told.append(progress)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_dataset(tmp_path / "a.csv", tmp_path / "d", name="d", progress=stop)
    assert len(told) == 1
    assert not (tmp_path / "d").exists()
