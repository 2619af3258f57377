"""The form that brings examples in: what it offers once a file is known."""

from __future__ import annotations

from pathlib import Path

from jobs import ENOUGH_PROMPTS
from jobs.data import preview
from studio.pages.bring import kept_back


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
