"""How a job ended, in words that a person can do something with."""

from __future__ import annotations

import contextlib
import errno
import platform
import signal
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jobs.errors import AttuneError
from jobs.models.secrets import redact
from jobs.queue import oom
from jobs.queue.processes import boot_id
from jobs.store.jobs import ChildRecord
from jobs.types import JobInfo, JobState

Error = dict[str, str]  # kind, what, cure, detail

# How each kind of work is taken up again, and what it keeps.
_AGAIN = {
    "train": "Resume it: it goes on from its last checkpoint.",
    "compare": "Compare again: what was answered is kept.",
    "ask": "Ask again.",
}
_LESS = {
    "train": "Start a run with a smaller batch or shorter examples, or close other programs and "
    "resume this one.",
}
_LESS_AT_ALL = "Close other programs, or choose a smaller model."
_REPORT = "This is a fault of Attune, not yours. Please report it, with the text below."
# The exit status of a child that could not write to the home, so that no row says how it ended.
NO_HOME = 74
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
# Sent by the kernel to a process that did something impossible: a fault in a library.
_CRASHES = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT")
_LOG_CHARACTERS = 4000


def again(kind: str) -> str:
    """How a job of this kind is taken up again."""
    return _AGAIN.get(kind, "Start it again.")


def of_shutdown(kind: str) -> Error:
    """What a job says that was told to end by the system and did so in good order."""
    what = "The computer was shut down, or somebody ended the job's process: it stopped in order."
    return _error("interrupted", what, again(kind), "")


def of_exception(error: BaseException, kind: str = "train") -> tuple[JobState, Error]:
    """The state and the error of a job of this kind whose work raised this."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, AttuneError):
        state: JobState = "interrupted" if error.kind == "interrupted" else "failed"
        return state, _error(error.kind, error.what, error.cure, error.detail or detail)
    if _is_memory(error):
        what = "The memory did not suffice for this work."
        return "failed", _error("memory", what, _LESS.get(kind, _LESS_AT_ALL), detail)
    if _is_disk(error):
        what = "There was no room left on the disk."
        return "failed", _error("disk", what, f"Free some space first. {again(kind)}", detail)
    what = f"The work ended with an error that nobody foresaw ({type(error).__name__})."
    return "failed", _error("bug", what, _REPORT, _report(detail))


def of_process(
    job: JobInfo,
    child: ChildRecord | None,
    status: int | None,
    log: Path,
    silent: float | None = None,
) -> tuple[JobState, Error | None]:
    """The state and the error of a job whose process is gone and wrote no ending itself.

    `status` is its exit status, negative for a signal, or None where it was not this process's to
    reap. `silent` is for how many seconds it had shown no sign of life, if it was ended for that.
    """
    detail, cure = _end_of(log), again(job.kind)
    if job.stop_requested:
        return "stopped", None
    if child is not None and child.boot_id != boot_id():
        what = "The computer was switched off or restarted while this was running."
        return "interrupted", _error("interrupted", what, cure, detail)
    if silent is not None:
        what = f"The job did nothing at all for {_span(silent)}, so it was ended."
        return "interrupted", _error("interrupted", what, cure, detail)
    if status == NO_HOME:
        what = "The home folder could not be written to: its disk is full or failing."
        return "failed", _error("disk", what, f"Free some space first. {cure}", detail)
    if status is not None and status >= 0:
        what = f"The job's process ended by itself before its work was done (exit status {status})."
        return "failed", _error("bug", what, _REPORT, _report(detail))
    killed = status in (None, -signal.SIGKILL)
    if killed and child is not None and _memory_ran_out(child):
        what = "The system ran out of memory and ended the job's process."
        return "interrupted", _error("memory", what, _LESS.get(job.kind, _LESS_AT_ALL), detail)
    name = "" if status is None else _signal_name(-status)
    if name in _CRASHES:
        what = f"A library crashed inside the job's process ({name})."
        if name == "SIGBUS":
            cure = f"This can come of a full disk: free some space first. {cure}"
        told = f"{cure} If it happens again, please report it with the text below."
        return "interrupted", _error("bug", what, told, _report(detail))
    what = "The job's process was ended from outside before its work was done"
    if name:
        what += f" ({name})"
    if killed:
        cure += f" If nobody ended it, memory may have run out: {_smaller(job.kind)}"
    return "interrupted", _error("interrupted", f"{what}.", cure, detail)


def _error(kind: str, what: str, cure: str, detail: str) -> Error:
    return {"kind": kind, "what": redact(what), "cure": cure, "detail": redact(detail)}


def _smaller(kind: str) -> str:
    return "then use a smaller batch." if kind in _LESS else "then close other programs first."


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def _report(text: str) -> str:
    """The text with what a report needs beside it: releases and the system, in a line above."""
    names = ("attune", "torch", "transformers", "peft", "bitsandbytes")
    found = []
    for name in names:
        with contextlib.suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    told = f"{', '.join(found)}; Python {platform.python_version()}; {platform.platform()}\n"
    return told + text[len(told) - _LOG_CHARACTERS :]


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError):
        return True
    # By name: torch is not imported here, and its error on the CPU has no class of its own.
    if type(error).__name__ == "OutOfMemoryError":
        return True
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    text = str(error).lower()
    signs = ("can't allocate memory", "cannot allocate memory", "out of memory")
    return isinstance(error, RuntimeError) and any(sign in text for sign in signs)


def _is_disk(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return True
    # Libraries that write in another language tell it in their text alone.
    text = str(error).lower()
    return "no space left on device" in text or "disk quota exceeded" in text


def _memory_ran_out(child: ChildRecord) -> bool:
    """By the counter that the child itself began with: this process's may be of another group."""
    if child.oom_kills is None or child.oom_counter is None:
        return False
    now = oom.counted(child.oom_counter)
    return now is not None and now > child.oom_kills


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _end_of(log: Path) -> str:
    try:
        with open(log, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _LOG_CHARACTERS))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
