from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jobs.home import Home


def test_a_given_folder_comes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "environment"))
    assert Home.find(tmp_path / "given").root == tmp_path / "given"
    assert Home.find().root == tmp_path / "environment"


def test_the_home_is_its_owners_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").make()
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    assert home.temporary.is_dir()
    home.make()  # a second time changes nothing
