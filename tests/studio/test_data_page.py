"""The page of one dataset: what comes before the button to train with it, and what after."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from studio.pages.data_view import dataset_view


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
