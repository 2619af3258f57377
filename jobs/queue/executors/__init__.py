"""Who does what is queued, one file each: in this process, in processes on this machine."""

from __future__ import annotations

from typing import Protocol


class Executor(Protocol):
    """Does the jobs that are queued on a device, in their order, one at a time."""

    def wake(self, device: str) -> None:
        """There may be work on this device; a failed job does not hold up the next."""
