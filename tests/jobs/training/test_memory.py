"""Peak memory is the process's own, and running out of it is told from other errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jobs.training import memory, setup
from jobs.training.memory import is_exhausted, peak

CHILD = "from jobs.training.memory import peak; print(peak('cpu'))"
PARENT = (
    "import subprocess, sys; held = bytearray(b'x') * (400 * 2**20);"
    f"print(subprocess.run([sys.executable, '-P', '-c', {CHILD!r}], capture_output=True, text=True)"
    ".stdout)"
)


def test_a_childs_peak_does_not_start_at_its_parents() -> None:
    """Trap 35."""
    out = subprocess.run(
        [sys.executable, "-P", "-c", PARENT], capture_output=True, text=True, check=True
    )
    assert 2**20 < int(out.stdout) < 200 * 2**20


@pytest.mark.skipif(sys.platform == "win32", reason="it has a peak of its own")
def test_the_peak_stays_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    monkeypatch.setattr(memory, "Path", lambda _: Path("/nowhere"))
    assert peak("cpu") == resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to"), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_too_little_memory_is_told_from_other_errors(error: Exception, expected: bool) -> None:
    assert is_exhausted(error) is expected


def test_a_training_keeps_what_a_step_frees(
    make_plan: Any, reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this does is seen in tests/jobs/models/test_allocator.py."""
    told: list[None] = []
    monkeypatch.setattr(setup.allocator, "keep", lambda: told.append(None))
    setup.set_up(make_plan(), reporter)
    assert len(told) == 1
