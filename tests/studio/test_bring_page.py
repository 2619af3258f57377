"""The form that brings examples in: what it offers once a file is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import ENOUGH_PROMPTS, ReadAs
from jobs.data import preview
from studio.pages.bring import kept_back
from studio.pages.looking import leaving_out


def test_the_share_follows_columns_that_nobody_could_guess(tmp_path: Path) -> None:
    file = tmp_path / "anfragen.csv"
    rows = "".join(f"{n};Anliegen {n};Guten Tag {n}\n" for n in range(200))
    file.write_text("Nummer;Anliegen;Text\n" + rows, encoding="utf-8")
    before = preview(file)
    assert before.guess is None
    seen = preview(file, prompt="Anliegen", completions=("Text",))
    share = kept_back(before, seen, 10)
    assert (seen.tested(share / 100) or 0) >= ENOUGH_PROMPTS
    assert kept_back(None, seen, 10) == share
    assert kept_back(seen, seen, 10) == 10  # the person's own word stands


def test_the_way_out_tells_how_many_where_all_was_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("prompt,completion\n" + "a,b\n" * 30 + "one\n" + "a,b\n" * 30 + "two\n")
    left = ReadAs(leave_out=True)
    assert (
        leaving_out(preview(file, reading=left), "line")
        == "Leave out the 2 lines that cannot be read"
    )
    monkeypatch.setattr("jobs.data.previews.WHOLE_FILE", 0)
    monkeypatch.setattr("jobs.data.previews.HEAD", 40)
    assert (
        leaving_out(preview(file, reading=left), "line")
        == "Leave out the lines that cannot be read"
    )
