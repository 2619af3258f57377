"""A base model whose files are on this machine, fetched first where they are not."""

from __future__ import annotations

from jobs.errors import InputError, ModelError
from jobs.models.hub import fetch
from jobs.models.source import resolve
from jobs.queue.steady import Steady
from jobs.queue.work import Stopped
from jobs.types import ModelInfo, Reporter


def ensure_local(spec: str, reporter: Reporter) -> ModelInfo:
    """What `resolve` says, after a download with progress where one is needed.

    `Stopped` where a stop request came meanwhile: what has come stays, and the next fetch goes on.
    It was there when the job was queued, so one that cannot be found now is a `ModelError`, not a
    slip of the pen.
    """
    try:
        info = resolve(spec)
    except InputError as error:
        raise ModelError(
            f"The base model “{spec}” is not there any more.",
            "Put its folder back where it was and start this again, or choose another model.",
            detail=str(error),
        ) from error
    if info.path is not None:
        return info
    reporter.phase(f"Fetching {info.title} from the Hub", total=info.bytes)

    pace: Steady | None = None

    def progress(done: int, total: int) -> None:
        nonlocal pace
        pace = pace or Steady(done)  # what an earlier fetch has brought is here at once
        reporter.progress(done, total, pace.left(done, total))
        if reporter.stop_requested():
            raise Stopped

    fetch(spec, progress)
    return resolve(spec)
