"""A process of its own for what may break one, or take its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def told_by_a_child(code: str, folder: Path) -> str:
    """What it prints; `sys.argv[1]` is the folder."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
