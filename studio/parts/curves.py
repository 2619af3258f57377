"""The losses of several runs in one picture, each in its own colour with its name at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studio.parts.colours import colour, swatch
from studio.parts.curve import Box, grid, line
from studio.parts.notices import notice
from studio.parts.scale import spread
from studio.parts.text import clip, count, esc, small

Points = list[tuple[float, float]]


def overlaid(metrics: Mapping[str, Sequence[Mapping[str, Any]]], places: Mapping[str, str]) -> str:
    """The picture with a line of words for each run; `places` are the runs' own addresses.

    Where not all runs were validated the training loss is shown, of all of them alike.
    """
    name = "validation_loss"
    lines = {run: line(rows, name) for run, rows in metrics.items()}
    if any(len(points) < 2 for points in lines.values()):
        name = "loss"
        lines = {run: line(rows, name) for run, rows in metrics.items()}
    drawn = {run: points for run, points in lines.items() if points}
    if not drawn:
        return notice("None of these runs has taken a step yet.")
    every = [y for points in drawn.values() for _, y in points]
    right = max(x for points in drawn.values() for x, _ in points) or 1
    box = Box.around(right, min(every), max(every))
    runs = list(metrics)
    paths = "".join(_path(points, box, colour(run, runs)) for run, points in drawn.items())
    told = "training" if name == "loss" else "validation"
    words = _words(lines, places, told)
    return (
        f'<figure class="plot-box over"><div class="plot" role="img" aria-label="The {told} loss '
        f'of {len(drawn)} runs over their steps">{grid(box)}'
        f'<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">{paths}</svg>'
        f"{_names(drawn, box)}</div><figcaption></figcaption></figure>{words}"
    )


def _path(points: Points, box: Box, ink: str) -> str:
    spots = " ".join(f"{10 * box.x(x):.1f},{10 * box.y(y):.1f}" for x, y in points)
    return (
        f'<polyline points="{spots}" style="stroke:{ink};stroke-width:2px" '
        'vector-effect="non-scaling-stroke"/>'
    )


def _names(drawn: Mapping[str, Points], box: Box) -> str:
    tops = spread([box.y(points[-1][1]) for points in drawn.values()], 9, 0, 96)
    return "".join(
        f'<span class="line-name" style="top:{top:.2f}%;left:{box.x(points[-1][0]):.2f}%" '
        f'aria-hidden="true">{number}</span>'
        for number, (points, top) in enumerate(zip(drawn.values(), tops, strict=True), 1)
    )


def _words(lines: Mapping[str, Points], places: Mapping[str, str], told: str) -> str:
    """The same in words, for a reader and for those who cannot tell the colours apart."""
    runs, items, number = list(lines), [], 0
    for run, points in lines.items():
        if not points:
            items.append(f"<li>{_link(run, places)}: no {told} loss yet</li>")
            continue
        number += 1
        low = min(points, key=lambda point: point[1])
        who = f"{swatch(run, runs)}{number}. {_link(run, places)}"
        items.append(
            f"<li>{who}: {told} loss {small(points[0][1])} → {small(points[-1][1])}, lowest "
            f"{small(low[1])} at step {count(low[0])}</li>"
        )
    return f'<ul class="plain legend">{"".join(items)}</ul>'


def _link(run: str, places: Mapping[str, str]) -> str:
    return f'<a href="{esc(places[run])}">{esc(clip(run, 60))}</a>'
