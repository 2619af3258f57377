"""A file that a command writes is whole, or what stood there before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import InputError
from studio.cli.files import write


def _full_after(*parts: str) -> Iterator[str]:
    yield from parts
    raise OSError(28, "No space left on device")


def test_it_takes_the_place_of_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("before")
    write(path, ["a,b\n", "1,2\n"])
    assert path.read_bytes() == b"a,b\n1,2\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_whole_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("before")
    with pytest.raises(InputError, match=r"scores\.csv” cannot be written: No space") as refused:
        write(path, _full_after("a,b\n"))
    assert "Name another file" in refused.value.cure
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
