"""The password is kept as a hash that only its owner can read."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from jobs.errors import InputError
from studio.passwords import Passwords, write_for_owner

GOOD = "correct horse battery"


@pytest.fixture
def passwords(tmp_path: Path) -> Passwords:
    return Passwords(tmp_path / "login")


def test_only_the_password_matches(passwords: Passwords) -> None:
    assert not passwords.known()
    assert not passwords.matches("")
    passwords.set(GOOD)
    assert passwords.known()
    assert passwords.matches(GOOD)
    for wrong in ("", GOOD + " ", GOOD.upper(), GOOD[:-1], "x" * 5000, "\ud800"):
        assert not passwords.matches(wrong)


def test_the_same_letters_from_another_keyboard_match(passwords: Passwords) -> None:
    passwords.set("Gr\u00fcne Wiese")
    assert passwords.matches("Gru\u0308ne Wiese")


def test_the_file_is_its_owners_and_holds_no_password(passwords: Passwords) -> None:
    passwords.set(GOOD)
    (path,) = passwords.folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(passwords.folder.stat().st_mode) == 0o700
    assert GOOD not in path.read_text()
    assert json.loads(path.read_text())["n"] >= 2**15


def test_the_same_password_twice_is_two_hashes(passwords: Passwords) -> None:
    passwords.set(GOOD)
    first, mark = next(passwords.folder.iterdir()).read_text(), passwords.mark()
    passwords.set(GOOD)
    second = next(passwords.folder.iterdir()).read_text()
    assert json.loads(first)["hash"] != json.loads(second)["hash"]
    assert passwords.mark() != mark


@pytest.mark.parametrize("bad", ["", "short", "1234567", "x" * 1001])
def test_a_short_or_endless_one_is_refused_and_the_old_one_stays(
    passwords: Passwords, bad: str
) -> None:
    passwords.set(GOOD)
    with pytest.raises(InputError, match="character"):
        passwords.set(bad)
    assert passwords.matches(GOOD)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"salt": 7}', '{"salt": "zz", "hash": "00"}'])
def test_a_file_that_was_written_into_lets_nobody_in(passwords: Passwords, content: str) -> None:
    passwords.set(GOOD)
    (passwords.folder / "password.json").write_text(content)
    assert passwords.known()
    assert not passwords.matches(GOOD)
    assert not passwords.matches("")


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "file"
    write_for_owner(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_for_owner(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_it_can_be_removed(passwords: Passwords) -> None:
    passwords.set(GOOD)
    passwords.forget()
    passwords.forget()
    assert not passwords.known()
