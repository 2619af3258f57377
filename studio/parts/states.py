"""The state of a job as a word and a shape, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jobs import JobInfo
from studio.parts.text import count, duration, esc

_SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "queued": '<circle cx="8" cy="8" r="5.5" fill="none"/>',
        "running": '<circle cx="8" cy="8" r="5.5" fill="none"/>'
        '<path class="full" d="M8 2.5a5.5 5.5 0 0 1 0 11z"/>',
        "done": '<path d="M2.5 8.5l3.5 3.5 7.5-8" fill="none"/>',
        "failed": '<path d="M3.5 3.5l9 9m0-9l-9 9" fill="none"/>',
        "stopped": '<rect class="full" x="3.5" y="3.5" width="9" height="9"/>',
        "interrupted": '<path d="M9.5 1.5L4.5 9h3.5l-1.5 5.5L11.5 7H8z" fill="none"/>',
    }
)


def badge(state: str) -> str:
    """The word with its shape."""
    shape = _SHAPES.get(state, _SHAPES["queued"])
    return (
        f'<span class="state {esc(state)}"><svg viewBox="0 0 16 16" aria-hidden="true">{shape}'
        f"</svg>{esc(state)}</span>"
    )


def progress(job: JobInfo, *, unit: str = "", label: str = "Progress") -> str:
    """A bar of what is done, with the phase, the count and the time left in words."""
    if job.state == "queued":
        return '<p class="quiet">Waits for what stands before it in the queue.</p>'
    share = min(1.0, job.done / job.total) if job.total else 0.0
    percent = round(100 * share)
    parts = [job.phase or "Starting"]
    if job.total:
        parts.append(f"{count(job.done)} of {count(job.total)}{' ' + unit if unit else ''}")
    if job.seconds_left is not None:
        parts.append(f"about {duration(job.seconds_left)} left")
    if job.stop_requested:
        parts = ["Stopping; a checkpoint is written first"]
    return (
        f'<div class="bar" role="progressbar" aria-label="{esc(label)}" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent}"><span style="width:{percent}%"></span>'
        f'</div><p class="bar-text">{esc(" · ".join(parts))}</p>'
    )
