"""The command line as a person's shell starts it, in a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class CommandLine:
    """Runs `attune` with a home folder and gives back what it printed."""

    home: Path

    def run(self, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "studio.cli", *words, "--home", str(self.home)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )

    def json(self, *words: str) -> Any:
        """The one JSON document that a command prints; it must end well."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def refused(self, *words: str) -> str:
        """The one line that a command refuses with; below it may stand the line of a file that it
        speaks of, and a mark below the place in that."""
        done = self.run(*words)
        assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        sentence, *shown = done.stderr.strip("\n").splitlines()
        assert all(line.startswith("  ") for line in shown), done.stderr
        assert [line.strip() for line in shown[1:]] in ([], ["^"]), done.stderr
        return sentence


@pytest.fixture(scope="session")
def attune(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return CommandLine(tmp_path_factory.mktemp("home"))
