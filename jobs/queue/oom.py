"""Whether the kernel ended a process because memory ran out, where the kernel says so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_KEY = "oom_kill"


@dataclass(frozen=True)
class Kills:
    """How many processes the kernel has killed for memory, and the file that counts them.

    A number on its own says nothing; that it grew while a process was killed says why. It is the
    same number only in the same file: who looks later may live in another control group.
    """

    count: int
    counter: str


def kills(root: Path = Path("/")) -> Kills | None:
    """By the counter of this process's control group (version 2 or 1), or of the whole system
    where the group does not count; None where nobody counts.
    """
    for path in _counters(root):
        found = counted(path)
        if found is not None:
            return Kills(found, str(path))
    return None


def counted(counter: str | Path) -> int | None:
    """What a counter says now; None where it is gone, with its group."""
    for line in _lines(Path(counter)):
        name, _, value = line.partition(" ")
        if name == _KEY:
            return int(value)
    return None


def _counters(root: Path) -> list[Path]:
    groups = root / "sys/fs/cgroup"
    found = []
    for line in _lines(root / "proc/self/cgroup"):
        number, controllers, path = line.split(":", 2)
        if number == "0":
            found.append(groups / path.lstrip("/") / "memory.events")
        elif "memory" in controllers.split(","):
            found.append(groups / "memory" / path.lstrip("/") / "memory.oom_control")
    return [*found, root / "proc/vmstat"]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
