"""The command line as a program: words in, exit status and both outputs out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.cli import main


@pytest.fixture
def commanded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """commanded("runs", "--json") -> exit status, standard output, standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["attune", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run


@pytest.fixture
def attune(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    commanded: Callable[..., tuple[int, str, str]],
) -> Callable[..., tuple[int, str, str]]:
    """The same on a new home."""
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "home"))
    return commanded
