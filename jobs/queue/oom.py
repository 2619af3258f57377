"""Whether the kernel ended a process because memory ran out, where the kernel says so."""

from __future__ import annotations

from pathlib import Path


def kills(root: Path = Path("/")) -> int | None:
    """How many processes the kernel has killed for memory: in this control group (version 2 or 1),
    or in the whole system where the group does not count them; None where nobody counts.

    A number on its own says nothing; that it grew while a process was killed says why.
    """
    for path, key in _counters(root):
        found = _value(path, key)
        if found is not None:
            return found
    return None


def _counters(root: Path) -> list[tuple[Path, str]]:
    groups = root / "sys/fs/cgroup"
    found = []
    for line in _lines(root / "proc/self/cgroup"):
        number, controllers, path = line.split(":", 2)
        if number == "0":
            found.append((groups / path.lstrip("/") / "memory.events", "oom_kill"))
        elif "memory" in controllers.split(","):
            found.append((groups / "memory" / path.lstrip("/") / "memory.oom_control", "oom_kill"))
    return [*found, (root / "proc/vmstat", "oom_kill")]


def _value(path: Path, key: str) -> int | None:
    for line in _lines(path):
        name, _, value = line.partition(" ")
        if name == key:
            return int(value)
    return None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
