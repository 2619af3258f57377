"""Plain text: what stands in most lines says how many parts a line has."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import ReadAs
from jobs.data import preview
from jobs.errors import BrokenLine


def test_a_title_is_the_line_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    path.write_text("My examples\n" + "".join(f"ask {n} ||| say {n}\n" for n in range(30)))
    with pytest.raises(BrokenLine, match=r"[Ll]ine 1\b"):
        preview(path)
    seen = preview(path, reading=ReadAs(leave_out=True))
    assert seen.left_out == (("line", 1),)
    assert tuple(seen.columns) == ("prompt", "completion")
