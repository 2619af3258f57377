"""A workspace of believable rows for the pages; no database, no model, no training."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs.home import Home


@pytest.fixture(scope="session")
def fakes() -> Any:
    """The module beside this file, loaded by its path: tests are not a package."""
    path = Path(__file__).with_name("fake_workspace.py")
    spec = importlib.util.spec_from_file_location("attune_fake_workspace", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def make_workspace(fakes: Any, tmp_path: Path) -> Callable[..., Any]:
    def make(**more: Any) -> Any:
        return fakes.FakeWorkspace(Home(tmp_path / "home").make(), **more)

    return make


@pytest.fixture
def workspace(make_workspace: Callable[..., Any]) -> Any:
    return make_workspace()
