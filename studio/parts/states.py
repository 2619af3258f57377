"""The state of a job as a word and a shape, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jobs import JobInfo
from studio.parts.text import count, duration, esc, memory

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
    return f'<span class="state {esc(state)}">{_shape(state)}{esc(state)}</span>'


def mark(state: str) -> str:
    """The shape alone, where words beside it say the state."""
    return f'<span class="state {esc(state)}">{_shape(state)}</span>'


def _shape(state: str) -> str:
    shape = _SHAPES.get(state, _SHAPES["queued"])
    return f'<svg viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>'


# What a phase counts, by how its sentence begins; and what that is, where a word needs it.
_COUNTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Training": ("steps", "A step is one small correction, after a look at a few examples."),
        "Checking on": ("examples", ""),
        "Reading": ("examples", ""),
        "Writing": ("answers", ""),
    }
)


def counted(job: JobInfo, unit: str = "") -> str:
    """“Training · 40 of 90 steps”; nothing where the phase counts nothing."""
    if not job.total:
        return ""
    if job.phase.startswith("Fetching"):  # it counts bytes
        return f"{job.phase} · {memory(job.done)} of {memory(job.total)}"
    unit = _told(job)[0] or unit
    done = f"{count(job.done)} of {count(job.total)}{' ' + unit if unit else ''}"
    return f"{job.phase or 'Starting'} · {done}"


def progress(job: JobInfo, *, unit: str = "", label: str = "Progress") -> str:
    """A bar of what is done, with the phase, the count and the time left in words."""
    if job.state == "queued":
        return '<p class="quiet">Waits for its turn in the queue.</p>'
    share = min(1.0, job.done / job.total) if job.total else 0.0
    percent = round(100 * share)
    parts = [counted(job, unit) or job.phase or "Starting"]
    if left := time_left(job):
        parts.append(left)
    if job.stop_requested:
        parts = ["Stopping; what is done so far is kept"]
    hint = _told(job)[1]
    more = f' title="{esc(hint)}"' if hint else ""
    return (
        f'<div class="bar" role="progressbar" aria-label="{esc(label)}" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent}"><span style="width:{percent}%"></span>'
        f'</div><p class="bar-text"{more}>{esc(" · ".join(parts))}</p>'
    )


def time_left(job: JobInfo) -> str:
    """In words; "" where nobody knows."""
    left = job.seconds_left
    return "" if left is None else f"about {duration(coarse(left))} left"


def coarse(seconds: float) -> float:
    """Seconds as exact as a person would say them: what jumps by less than that stands still."""
    for below, grain in ((20, 1), (60, 5), (600, 10), (3600, 60)):
        if seconds < below:
            return round(seconds / grain) * grain
    return round(seconds / 300) * 300


def _told(job: JobInfo) -> tuple[str, str]:
    for beginning, told in _COUNTS.items():
        if job.phase.startswith(beginning):
            return told
    return "", ""
