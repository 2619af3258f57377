"""bitsandbytes is imported without a word and without a look at the network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import jobs.models.libraries as libraries

ROOT = Path(libraries.__file__).parents[2]
FAKE_KERNELS = """
def get_kernel(*args, **kwargs):
    raise SystemExit("the network was asked")
"""


def run(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{path}"}
    return subprocess.run(
        [sys.executable, "-P", "-c", code], env=environment, capture_output=True, text=True
    )


def test_neither_network_nor_a_word(tmp_path):
    """With a package `kernels` that would fetch; unprepared, its import is reached."""
    (tmp_path / "kernels.py").write_text(FAKE_KERNELS)
    code = (
        "from jobs.models.libraries import prepare\n"
        "prepare()\n"
        "import sys, bitsandbytes, importlib.util\n"
        "assert importlib.util.find_spec('kernels') is not None\n"
        "from bitsandbytes.nn import Linear4bit\n"
    )
    told = run(code, tmp_path)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_silence_ends(caplog):
    import transformers
    from transformers.utils import logging as their_logging

    before = their_logging.get_verbosity()
    with libraries.quiet():
        assert their_logging.get_verbosity() == their_logging.ERROR
        assert not their_logging.is_progress_bar_enabled()
    assert their_logging.get_verbosity() == before
    assert their_logging.is_progress_bar_enabled()
    assert transformers.__version__
