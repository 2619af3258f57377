"""The machine's check-up says what does not work and what to do about it."""

from __future__ import annotations

import dataclasses
from collections import namedtuple
from typing import Any

import psutil
import pytest

from jobs.home import Home
from jobs.workspace import checkup

Usage = namedtuple("Usage", "total used free")
Mount = namedtuple("Mount", "device mountpoint fstype opts")


def by_title(checks: Any) -> dict[str, Any]:
    return {check.title: check for check in checks}


def test_every_line_is_a_sentence_and_a_bad_one_has_a_cure(bench: Any) -> None:
    checks = bench.workspace.doctor()
    assert len(checks) == len(by_title(checks)) >= 7
    for check in checks:
        assert check.sentence.endswith(".")
        assert bool(check.cure) != check.ok
    told = by_title(checks)
    assert "two cores of the tests" in told["Device"].sentence
    assert "0.2 TFLOP/s" in told["Device"].sentence
    assert told["QLoRA"].ok
    assert "torch" in told["Libraries"].sentence


def test_four_bit_weights_that_do_not_work(bench: Any, device: Any) -> None:
    broken = dataclasses.replace(device, four_bit="the kernels are missing.")
    told = by_title(checkup.check_up(bench.workspace.home, broken))
    assert not told["QLoRA"].ok
    assert "kernels are missing" in told["QLoRA"].sentence
    assert "LoRA" in told["QLoRA"].cure


def test_a_device_on_which_nothing_runs(bench: Any, device: Any) -> None:
    broken = dataclasses.replace(device, problem="The driver is too old.")
    told = by_title(checkup.check_up(bench.workspace.home, broken))
    assert not told["Device"].ok
    assert "driver is too old" in told["Device"].sentence
    assert told["Device"].cure


def test_little_disk(bench: Any, device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda path: Usage(10**12, 0, 10**9))
    told = by_title(checkup.check_up(bench.workspace.home, device))
    assert not told["Disk"].ok
    assert "1.0 GB is free" in told["Disk"].sentence
    assert "Delete runs" in told["Disk"].cure


@pytest.mark.parametrize(("kind", "fine"), [("nfs4", False), ("ext4", True)])
def test_a_home_on_a_network_drive(
    bench: Any, device: Any, monkeypatch: pytest.MonkeyPatch, kind: str, fine: bool
) -> None:
    mounts = [
        Mount("b", str(bench.workspace.home.root), kind, ""),
        Mount("a", "/", "nfs" if fine else "ext4", ""),
    ]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: mounts)
    told = by_title(checkup.check_up(bench.workspace.home, device))
    assert told["Drive"].ok is fine
    assert fine or "--home" in told["Drive"].cure


def test_no_starter(
    bench: Any, device: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    from jobs.models import source

    monkeypatch.setattr(source.importlib.resources, "files", lambda package: tmp_path)
    told = by_title(checkup.check_up(Home(bench.workspace.home.root), device))
    assert not told["Practice model"].ok
    assert "missing" in told["Practice model"].sentence
    assert told["Practice model"].cure
