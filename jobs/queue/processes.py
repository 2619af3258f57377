"""The one file that starts, identifies and signals processes.

Linux is what this was made and tried on; the ways for Windows and macOS are written from the
documentation and marked as untried.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.store.filelock import Lock

# How our own processes are started: -P keeps a folder named `jobs` from shadowing this one; and
# runpy would warn into every log that a module which is run was imported by its package before.
PYTHON = ("-P", "-u", "-W", "ignore::RuntimeWarning:runpy")
LINUX = sys.platform.startswith("linux")
# What a child takes as "write down where you are"; Windows has no such signal.
TELL_WHERE = getattr(signal, "SIGUSR1", signal.SIGTERM)


@dataclass(frozen=True)
class Identity:
    """A process that no other can be taken for: a pid alone is given again after its end."""

    pid: int
    ticks: int  # when the kernel started it, since boot
    boot_id: str


class Started:
    """A child that this process started and has to reap."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        # Until it is reaped its pid stays its own, so this cannot be another's.
        self.identity = identify(process.pid) or Identity(process.pid, 0, boot_id())

    def ended(self) -> int | None:
        """The exit status, negative for a signal; None while it lives.

        What it left behind in its group is killed first: while the dead leader is not reaped,
        nobody else can be given the number of its group.
        """
        if self._process.returncode is not None:
            return self._process.returncode
        if hasattr(os, "waitid"):
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            if os.waitid(os.P_PID, self._process.pid, flags) is None:
                return None
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            return self._process.wait()
        return self._process.poll()  # untried: Windows


def start(command: Sequence[str], log: Path, hold: Sequence[Lock] = ()) -> Started:
    """Start a process in a session of its own that outlives this one and holds locks of ours.

    It gets no input, writes to the end of `log`, and inherits no other open file.
    """
    return Started(_popen(command, log, hold))


def detach(command: Sequence[str], log: Path) -> None:
    """As `start`, for a process that nobody looks after; returns at once.

    A thread waits for its end: a server that lives for weeks would collect zombies otherwise.
    """
    process = _popen(command, log, ())
    threading.Thread(target=process.wait, name="reaper", daemon=True).start()


def _popen(command: Sequence[str], log: Path, hold: Sequence[Lock]) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output:
        if sys.platform == "win32":  # untried; locks cannot be handed down there
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=log.parent,
                creationflags=subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS,
            )
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            start_new_session=True,
            close_fds=True,
            pass_fds=[lock.fd for lock in hold],
        )


def me() -> Identity:
    """This process."""
    found = identify(os.getpid())
    assert found is not None
    return found


def identify(pid: int) -> Identity | None:
    """The process that has this pid now; None if there is none."""
    if LINUX:
        stat = _stat(pid)
        return None if stat is None else Identity(pid, stat.ticks, boot_id())
    import psutil  # untried: macOS and Windows

    try:
        return Identity(pid, int(psutil.Process(pid).create_time() * 100), boot_id())
    except psutil.NoSuchProcess:
        return None


def boot_id() -> str:
    """Differs after each start of the computer, so that ticks of two boots are never compared."""
    if LINUX:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    import psutil  # untried: macOS and Windows

    return str(int(psutil.boot_time()))


def signal_group(identity: Identity, number: int) -> bool:
    """Signal a process and all that it started; False if nothing of it is left.

    Never another process that was given the same pid: if the leader is gone, its group is
    signalled only while members of its session are there, which keeps the number from being given
    again.
    """
    if identity.boot_id != boot_id():
        return False
    now = identify(identity.pid)
    if now is None:
        if not (LINUX and _left_behind(identity)):
            return False
    elif now != identity:
        return False
    try:
        if sys.platform == "win32":  # untried: ends the process, its own children stay
            os.kill(identity.pid, signal.SIGTERM)
        else:
            os.killpg(identity.pid, number)
    except ProcessLookupError:
        return False
    return True


@dataclass(frozen=True)
class _Stat:
    group: int
    session: int
    ticks: int


def _stat(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in brackets may hold blanks and brackets: the last one ends it.
    fields = text[text.rindex(")") + 2 :].split()
    return _Stat(group=int(fields[2]), session=int(fields[3]), ticks=int(fields[19]))


def _left_behind(leader: Identity) -> bool:
    """Whether members of a group live whose leader is gone."""
    return any(
        stat.group == stat.session == leader.pid and stat.ticks >= leader.ticks
        for stat in map(_stat, _pids())
        if stat is not None
    )


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())
