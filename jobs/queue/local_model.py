"""A base model whose files are on this machine, fetched first where they are not."""

from __future__ import annotations

from jobs.errors import Interrupted
from jobs.models.hub import fetch
from jobs.models.source import resolve
from jobs.types import ModelInfo, Reporter


def ensure_local(spec: str, reporter: Reporter) -> ModelInfo:
    """What `resolve` says, after a download with progress where one is needed."""
    info = resolve(spec)
    if info.path is not None:
        return info
    reporter.phase(f"Fetching {info.title} from the Hub", total=info.bytes)

    def progress(done: int, total: int) -> None:
        reporter.progress(done, total)
        if reporter.stop_requested():
            raise Interrupted("You stopped this while the model was being fetched.", "Resume it.")

    fetch(spec, progress)
    return resolve(spec)
