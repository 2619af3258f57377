"""The first rows of a file as they stand, whatever stands in them."""

from __future__ import annotations

from pathlib import Path

from jobs.data import preview
from studio.pages.looking import question
from studio.pages.preview_view import preview_view, unchosen
from studio.parts.raw_rows import LONGEST, MOST, raw_rows

NASTY = '<img src=x onerror="window.pwned=1">'


def _file(tmp_path: Path, head: str, *rows: str) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return path


def test_while_no_column_is_chosen_the_rows_stand_there_as_text(tmp_path: Path) -> None:
    path = _file(
        tmp_path, f"Nummer;<i>x</i>;{NASTY}", f"1;Hallo;{NASTY}", "2;;Tag", "3;b;c", "4;b;c"
    )
    shown = preview_view(preview(path), guessed=True)
    assert "Choose both here" in question(preview(path))
    assert question(preview(path, prompt="Nummer", completions=(NASTY,))) == ""
    assert question(None) == ""
    assert shown.count("<tr>") == 4  # the names and three rows
    assert "&lt;img src=x" in shown
    assert "<img" not in shown
    assert "<i>" not in shown
    assert '<td dir="auto"><span class="quiet">empty</span></td>' in shown
    again = unchosen(preview(path), "Choose a prompt and a completion column.")
    assert "Hallo" in again
    assert "Choose a prompt" in unchosen(None, "Choose a prompt and a completion column.")


def test_many_columns_and_long_cells_are_cut_and_said(tmp_path: Path) -> None:
    names = ",".join(f"name{n}" for n in range(MOST + 9))
    seen = preview(_file(tmp_path, names, ",".join(["x" * 1000] * (MOST + 9))))
    shown = raw_rows(seen)
    assert shown.count("<td") == MOST
    assert f"9 more columns after the first {MOST}." in shown
    assert "x" * LONGEST not in shown
    assert "x" * (LONGEST - 1) + "…" in shown


def test_of_known_columns_the_others_are_a_fold_away(tmp_path: Path) -> None:
    two = preview(_file(tmp_path, "prompt,completion", "a,b"))
    assert "All columns" not in preview_view(two, guessed=True)
    three = preview(_file(tmp_path, "prompt,completion,id", "a,b,7"))
    assert "<details" in preview_view(three, guessed=True)
    assert "All columns of these rows" in preview_view(three, guessed=True)


def test_one_column_is_not_asked_which_of_both_it_is(tmp_path: Path) -> None:
    (tmp_path / "lone.csv").write_text("message\nHello\nGood morning\n", encoding="utf-8")
    said = question(preview(tmp_path / "lone.csv"))
    assert "The file has one column" in said
    assert "Choose both here" not in said
