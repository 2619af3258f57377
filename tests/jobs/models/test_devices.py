"""What the probe finds out, and how it says what it could not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jobs.errors import Unavailable
from jobs.models import devices


def test_the_probe_in_a_child_finds_this_processor(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(devices.__file__).parents[2]))
    found = devices.probe_in_child()
    cpu = next(d for d in found if d.name == "cpu")
    assert cpu.problem is None
    assert cpu.memory > cpu.free > 0
    assert cpu.flops["float32"] > 1e8
    assert cpu.traffic > 1e7
    assert 0.2 < cpu.imported < 120
    assert ("bfloat16" in cpu.flops) == cpu.bfloat16
    assert {"python", "torch", "transformers", "peft", "bitsandbytes"} <= set(cpu.versions)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flags : fpu avx512f avx512_bf16 amx_tile\n", True),
        ("flags : fpu amx_bf16\n", True),
        ("Features : fp asimd bf16\n", True),
        ("flags : fpu avx2 avx512f\n", False),
        ("", False),
    ],
)
def test_bfloat16_by_the_processors_own_word(tmp_path, text, expected):
    (tmp_path / "cpuinfo").write_text(text)
    assert devices.cpu_has_bfloat16(tmp_path / "cpuinfo") is expected


def test_emulated_bfloat16_does_not_count(monkeypatch):
    """Trap 10: the question is put with emulation left out."""
    import contextlib

    import bitsandbytes  # noqa: F401  as long as `torch.device` is what it is
    import torch

    asked: list[bool] = []

    def supported(including_emulation: bool = True) -> bool:
        asked.append(including_emulation)
        return including_emulation

    here = torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "An old card")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda index: (1, 2))
    monkeypatch.setattr(torch.cuda, "device", lambda index: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    monkeypatch.setattr(torch, "device", lambda *given, **named: here)
    monkeypatch.setattr(devices, "SECONDS", 0.0)
    monkeypatch.setattr(devices, "_rate", lambda device, dtype: 1.0)
    found = devices._cuda(0)
    assert asked == [False]
    assert not found.bfloat16
    assert "bfloat16" not in found.flops
    assert found.precision == "float32"


def test_a_card_that_runs_no_kernel_says_why(monkeypatch):
    import torch

    def broken(index: int) -> tuple[int, int]:
        raise RuntimeError("CUDA error: no kernel image is available\nmore")

    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "An old card")
    monkeypatch.setattr(torch.cuda, "mem_get_info", broken)
    found = devices._cuda(0)
    assert found.problem is not None
    assert found.problem.endswith("no kernel image is available")
    assert found.four_bit == found.problem


def test_four_bit_weights_with_wrong_gradients_are_found(monkeypatch):
    """The probe looks at gradients, not at what a library claims."""
    import torch
    from bitsandbytes.nn import Linear4bit

    here = torch.device("cpu")
    assert devices.four_bit_problem(here) is None
    right = Linear4bit.forward
    monkeypatch.setattr(
        Linear4bit, "forward", lambda self, x: right(self, x.detach()) + 0 * x.sum()
    )
    assert devices.four_bit_problem(here) == devices.WRONG_BYTES


def test_without_bitsandbytes(monkeypatch):
    import torch

    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    assert devices.four_bit_problem(torch.device("cpu")) == devices.NO_BYTES


def test_a_child_that_fails(monkeypatch):
    def fail(*given, **named):
        return subprocess.CompletedProcess([], 1, "", "ImportError: no torch")

    monkeypatch.setattr(devices.subprocess, "run", fail)
    with pytest.raises(Unavailable) as caught:
        devices.probe_in_child()
    assert "no torch" in caught.value.detail
