"""What a run will take, before it starts: steps, time, memory, weights."""

from __future__ import annotations

from jobs import Forecast, RunInfo
from studio.parts.frame import facts, link
from studio.parts.notices import notice
from studio.parts.text import count, duration, large, memory, memory_of, percent


def outlook(forecast: Forecast, before: RunInfo | None = None) -> str:
    """The forecast in words, with a bar for memory and its warnings; `before` is a run that went
    through the very same training."""
    share = forecast.trainable_parameters / max(1, forecast.total_parameters)
    rows = (
        ("Steps", count(forecast.steps)),
        ("Time, about", duration(forecast.seconds)),
        ("Weights that learn", f"{large(forecast.trainable_parameters)}, {percent(share)}"),
        ("On the disk, at most", memory(forecast.disk)),
    )
    warnings = "".join(notice(p, kind="warning") for p in forecast.problems)
    return (
        f'<div class="outlook"><h2>What to expect</h2>{facts(rows)}{_memory(forecast)}'
        f"{_before(before)}{warnings}</div>"
    )


def _before(run: RunInfo | None) -> str:
    if run is None:
        return ""
    took, peak = duration(run.result["seconds"]), memory(run.result["peak_memory"])
    name = link("/runs", run.name, run=run.id)
    return f'<p class="quiet">The same training, {name}, took {took} and {peak} of memory.</p>'


def waiting(sentence: str) -> str:
    """The same place while there is nothing to say yet."""
    return f'<div class="outlook"><h2>What to expect</h2><p class="quiet">{sentence}</p></div>'


def _memory(forecast: Forecast) -> str:
    there = forecast.memory_available
    if not there:
        return facts([("Memory, about", memory(forecast.peak_memory))])
    share = min(100, round(100 * forecast.peak_memory / there))
    said = memory_of(forecast.peak_memory, there)
    tight = " tight" if share >= 90 else ""
    return (
        f'<dl class="facts one"><div><dt>Memory, about</dt><dd>{said}<span class="bar{tight}" '
        f'aria-hidden="true"><span style="width:{share}%"></span></span></dd></div></dl>'
    )
