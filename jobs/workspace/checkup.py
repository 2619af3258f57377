"""The machine's check-up: what works here, what does not, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import version

import psutil

from jobs.errors import AttuneError
from jobs.home import Home
from jobs.models import secrets
from jobs.models.source import resolve
from jobs.types import DeviceInfo
from jobs.workspace.answers import CheckUp

LIBRARIES = ("torch", "transformers", "peft", "bitsandbytes", "gradio", "sqlalchemy")
LOW_DISK = 5e9
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smbfs", "smb3", "fuse.sshfs", "9p", "afs"}


def check_up(home: Home, device: DeviceInfo) -> list[CheckUp]:
    """Every check, in the order in which a person would want to know."""
    return [
        _device(device),
        _four_bit(device),
        _memory(device),
        _disk(home),
        _file_system(home),
        _token(),
        _starter(),
        _libraries(),
    ]


def _device(device: DeviceInfo) -> CheckUp:
    if device.problem is not None:
        sentence = f"Nothing runs on {device.name} ({device.title}): {device.problem}"
        return CheckUp("Device", False, sentence, "Update its driver, then look again.")
    speed = device.flops.get(device.precision, 0.0) / 1e12
    pace = f", {speed:.2g} TFLOP/s in {device.precision}" if speed else ""
    return CheckUp("Device", True, f"Work goes to {device.name}: {device.title}{pace}.")


def _four_bit(device: DeviceInfo) -> CheckUp:
    if device.four_bit is None:
        return CheckUp("QLoRA", True, "4-bit weights work here.")
    return CheckUp(
        "QLoRA", False, f"4-bit weights do not work here: {device.four_bit}", "Use LoRA."
    )


def _memory(device: DeviceInfo) -> CheckUp:
    free = psutil.virtual_memory().available if device.name == "cpu" else device.free
    return CheckUp("Memory", True, f"{free / 1e9:.1f} of {device.memory / 1e9:.1f} GB is free.")


def _disk(home: Home) -> CheckUp:
    free = shutil.disk_usage(home.root).free
    sentence = f"{free / 1e9:.1f} GB is free where your home folder lies ({home.root})."
    cure = "" if free > LOW_DISK else "Delete runs you no longer need."
    return CheckUp("Disk", free > LOW_DISK, sentence, cure)


def _file_system(home: Home) -> CheckUp:
    mounts = sorted(psutil.disk_partitions(all=True), key=lambda m: len(m.mountpoint))
    under = [m.fstype for m in mounts if home.root.is_relative_to(m.mountpoint)]
    kind = under[-1] if under else "unknown"
    if kind in NETWORK_FILE_SYSTEMS:
        sentence = (
            f"Your home folder lies on a network drive ({kind}), where the database can break."
        )
        return CheckUp("Drive", False, sentence, "Choose a folder on this machine with --home.")
    return CheckUp("Drive", True, "Your home folder lies on a drive of this machine.")


def _token() -> CheckUp:
    """Attune keeps no token; the one that others keep is looked at, never read out."""
    path = secrets.token_file()
    if secrets.open_to_others(path):
        sentence = "Others on this machine can read your token for the Hub."
        return CheckUp("Hub token", False, sentence, f"Run “chmod 600 {path}”.")
    return CheckUp("Hub token", True, "No token for the Hub lies open on this machine.")


def _starter() -> CheckUp:
    try:
        info = resolve("starter")
    except AttuneError as error:
        return CheckUp("Practice model", False, error.what, error.cure)
    return CheckUp(
        "Practice model", True, f"{info.parameters / 1e6:.1f} million weights, in place."
    )


def _libraries() -> CheckUp:
    found = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    python = ".".join(map(str, sys.version_info[:3]))
    return CheckUp("Libraries", True, f"Python {python}, {found}.")
