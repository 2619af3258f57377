"""The page of one dataset: what comes before the button to train with it, and what after."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jobs.data.previews import preview
from studio.pages.data_view import dataset_view
from studio.pages.preview_view import preview_view


def test_warnings_come_before_the_button_to_train_and_notes_after_it(workspace: Any) -> None:
    shown = dataset_view(workspace, workspace.datasets()[0])
    before, after = shown.split("Train a model with it")
    assert "Before you train" in before
    assert "characters that cannot be seen" in before
    assert "longer than the 1,024 tokens that a run reads unless you set more" in before
    assert "notice note" not in before
    assert "What else stands out" in after
    assert "repeat an earlier prompt" in after
    assert "notice warning" not in after


COUNTED = "row 1 stands in row 2 of a spreadsheet"


def test_how_rows_are_counted_is_said_once_where_rows_are_listed(
    workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers are looked up in the file, whose header a spreadsheet counts."""
    info = workspace.datasets()[0]
    before, after = dataset_view(workspace, info).split("Train a model with it")
    assert (before.count(COUNTED), after.count(COUNTED)) == (1, 0)
    notes = tuple(finding for finding in info.findings if finding.severity == "note")
    monkeypatch.setattr(workspace, "_findings", lambda: notes)
    lengths = vars(workspace.lengths(info.spec)) | {"findings": ()}
    monkeypatch.setattr(workspace, "lengths", lambda *_: SimpleNamespace(**lengths))
    before, after = dataset_view(workspace, workspace.datasets()[0]).split("Train a model with it")
    assert (before.count(COUNTED), after.count(COUNTED)) == (0, 1)
    monkeypatch.setattr(workspace, "_findings", lambda: ())
    assert COUNTED not in dataset_view(workspace, workspace.datasets()[0])


def test_a_preview_says_how_its_rows_are_counted(workspace: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("prompt,completion\nask,say\n")
    seen = replace(preview(path), findings=workspace.datasets()[0].findings)
    assert preview_view(seen, guessed=True).count(COUNTED) == 1
    assert COUNTED not in preview_view(replace(seen, findings=()), guessed=True)


def test_where_nothing_is_wrong_the_button_comes_first(
    workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = workspace.datasets()[0]
    lengths = vars(workspace.lengths(info.spec)) | {"findings": ()}
    monkeypatch.setattr(workspace, "lengths", lambda *_: SimpleNamespace(**lengths))
    monkeypatch.setattr(workspace, "_findings", lambda: ())
    before, after = dataset_view(workspace, workspace.datasets()[0]).split("Train a model with it")
    assert "<h2>" not in before
    assert "Nothing stands out in this data." in after
