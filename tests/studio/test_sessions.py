"""Who is signed in stays so over a restart, and nobody else ever is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from studio.sessions import DAYS, Sessions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


def test_a_restart_signs_nobody_out(folder: Path) -> None:
    token = Sessions(folder).begin("mark")
    assert Sessions(folder).alive(token, "mark")


def test_only_what_was_handed_out_counts(folder: Path) -> None:
    sessions = Sessions(folder)
    token = sessions.begin("mark")
    (path,) = folder.iterdir()
    for wrong in ("", token[:-1], token + "A", path.name, "../" + path.name, "x" * 10_000, "\0"):
        assert not sessions.alive(wrong, "mark")
    assert not sessions.alive(token, "another password's")
    assert not sessions.alive(token, "")


def test_what_lies_on_the_disk_opens_nothing(folder: Path) -> None:
    token = Sessions(folder).begin("mark")
    (path,) = folder.iterdir()
    assert token not in path.name + path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_signing_out_ends_one_browser_alone(folder: Path) -> None:
    sessions = Sessions(folder)
    here, there = sessions.begin("mark"), sessions.begin("mark")
    sessions.end(here)
    sessions.end(here)
    assert not sessions.alive(here, "mark")
    assert sessions.alive(there, "mark")


def test_what_nobody_uses_ends_and_goes(folder: Path) -> None:
    now = 1_700_000_000.0
    sessions = Sessions(folder, clock=lambda: now)
    old, used = sessions.begin("mark"), sessions.begin("mark")
    now += (DAYS - 1) * 86_400
    assert sessions.alive(used, "mark")
    now += 2 * 86_400
    assert sessions.alive(used, "mark")
    assert not sessions.alive(old, "mark")
    sessions.begin("mark")
    assert len(list(folder.iterdir())) == 2


def test_a_folder_that_cannot_be_swept_stops_nobody(folder: Path) -> None:
    sessions = Sessions(folder)
    token = sessions.begin("mark")
    (folder / "gone").symlink_to(folder / "nowhere")
    assert sessions.begin("mark")
    assert sessions.alive(token, "mark")
    assert os.path.lexists(folder / "gone")
