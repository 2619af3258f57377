"""The train page's form as a run's clone fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest


def test_a_clone_takes_the_version_of_the_data_that_its_run_had(
    caller: Callable[..., Any], workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = workspace.run_by_id(4)
    names = [info.name for info in workspace.datasets()]
    shown = caller(workspace, "/train")("load", f"?clone={run.id}")["data"]
    assert shown["value"] == run.dataset
    assert [value for _, value in shown["choices"]] == names

    older = replace(workspace.dataset(run.dataset), version=2, current=False)
    known = workspace.dataset
    monkeypatch.setattr(workspace, "dataset_by_id", lambda number: older)
    monkeypatch.setattr(workspace, "dataset", lambda name: older if "@" in name else known(name))
    shown = caller(workspace, "/train")("load", f"?clone={run.id}")["data"]
    assert shown["value"] == older.spec == f"{run.dataset}@2"
    assert shown["choices"][0] == [f"{older.spec}, as this run used it", older.spec]
    assert [value for _, value in shown["choices"][1:]] == names
