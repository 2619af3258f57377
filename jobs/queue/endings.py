"""How a job ended, in words that a person can do something with."""

from __future__ import annotations

import errno
import signal
import traceback
from pathlib import Path

from jobs.errors import AttuneError
from jobs.queue import oom
from jobs.queue.processes import boot_id
from jobs.store.jobs import ChildRecord
from jobs.types import JobInfo, JobState

Error = dict[str, str]  # kind, what, cure, detail

_RESUME = "Resume it: it goes on from its last checkpoint."
_LESS = "Resume it with a smaller batch or shorter examples, or close other programs first."
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_LOG_CHARACTERS = 4000


def of_exception(error: BaseException) -> tuple[JobState, Error]:
    """The state and the error of a job whose work raised this."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, AttuneError):
        state: JobState = "interrupted" if error.kind == "interrupted" else "failed"
        return state, _error(error.kind, error.what, error.cure, error.detail or detail)
    if _is_memory(error):
        what = "The memory did not suffice for this work."
        cure = "Use a smaller batch or shorter examples, or close other programs first."
        return "failed", _error("memory", what, cure, detail)
    if _is_disk(error):
        what = "There was no room left on the disk."
        return "failed", _error("disk", what, "Free some space, then resume it.", detail)
    what = f"The work ended with an error that nobody foresaw ({type(error).__name__})."
    return "failed", _error("bug", what, "Please report it with the text below.", detail)


def of_process(
    job: JobInfo, child: ChildRecord | None, status: int | None, log: Path
) -> tuple[JobState, Error | None]:
    """The state and the error of a job whose process is gone and wrote no ending itself.

    `status` is its exit status, negative for a signal, or None where it was not this process's to
    reap.
    """
    detail = _end_of(log)
    if job.stop_requested:
        return "stopped", None
    if child is not None and child.boot_id != boot_id():
        what = "The computer was switched off or restarted while this was running."
        return "interrupted", _error("interrupted", what, _RESUME, detail)
    if status is not None and status >= 0:
        what = f"The job's process ended by itself before its work was done (exit status {status})."
        return "failed", _error("bug", what, "Please report it with the text below.", detail)
    killed = status in (None, -signal.SIGKILL)
    if killed and child is not None and _memory_ran_out(child):
        what = "The system ran out of memory and ended the job's process."
        return "interrupted", _error("memory", what, _LESS, detail)
    what = "The job's process was ended from outside before its work was done"
    if status is not None:
        what += f" ({_signal_name(-status)})"
    cure = _RESUME
    if killed:
        cure += " If nobody ended it, memory may have run out: then use a smaller batch."
    return "interrupted", _error("interrupted", f"{what}.", cure, detail)


def _error(kind: str, what: str, cure: str, detail: str) -> Error:
    return {"kind": kind, "what": what, "cure": cure, "detail": detail}


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
    now = oom.kills()
    return now is not None and child.oom_kills is not None and now > child.oom_kills


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
