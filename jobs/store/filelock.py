"""Locks on files that the kernel drops when their holder dies: no clock or reused pid fakes them.

A `flock` belongs to the open file, so a parent can take it and hand it to a child (`pass_fds`); it
is dropped when the last process that has that open file closes it or ends. Python opens files so
that an exec closes them; `keep_from_forks` sees to plain forks (a data loader's workers).
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":  # untried: written from the documentation
    import msvcrt
else:
    import fcntl


class Lock:
    """A lock that this process holds, from `acquire` or handed down by a parent."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        os.set_inheritable(fd, False)

    def release(self) -> None:
        """Let go of this process's share; a child that was handed the lock keeps it."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            os.close(fd)

    def keep_from_forks(self) -> None:
        """Close it in processes that Python forks from this one and that do not exec."""
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._close_in_fork)

    def _close_in_fork(self) -> None:
        with contextlib.suppress(OSError):
            self.release()


def acquire(path: Path, patience: float = 0.0) -> Lock | None:
    """The lock on `path`, which is created if need be; None while another process holds it.

    `patience` in seconds: asking `held` takes a shared lock for some microseconds, so who must not
    mistake a question for a holder tries for longer than one moment.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    while not _try(fd, shared=False):
        if time.monotonic() >= deadline:
            os.close(fd)
            return None
        time.sleep(0.01)
    return Lock(fd)


def held(path: Path) -> bool:
    """Whether some process holds the lock on `path`; a file that is not there is not locked."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return False
    try:
        return not _try(fd, shared=True)
    finally:
        os.close(fd)


@contextmanager
def waiting_lock(path: Path, patience: float = 120.0) -> Iterator[None]:
    """Hold the lock on `path` for a block, after waiting for it; `TimeoutError` if in vain."""
    lock = acquire(path, patience)
    if lock is None:
        raise TimeoutError(f"the lock {path} did not come free in {patience:g} s")
    try:
        yield
    finally:
        lock.release()


def _try(fd: int, *, shared: bool) -> bool:
    try:
        if sys.platform == "win32":  # untried
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
