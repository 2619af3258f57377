"""The loss of a run as a picture: training thin, validation thick, the best checkpoint marked.

Lines are an SVG that stretches with the page; words are HTML laid over it, so that they keep
their size on a phone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from studio.parts.scale import spread, ticks
from studio.parts.text import count, esc, small

Point = tuple[float, float]
_POINTS = 600  # more than a screen can tell apart
_NEAR_0 = 0.25  # of the height: a curve that comes so near to 0 is drawn over 0


def loss_curve(
    metrics: Sequence[Mapping[str, Any]],
    *,
    steps: int = 0,
    best: int | None = None,
    moving: bool = True,
) -> str:
    """The picture with its sentence; a place kept for it while nothing is drawn yet.

    Where the run is not `moving`, nothing will be.
    """
    training, validation = line(metrics, "loss"), line(metrics, "validation_loss")
    if not training and not validation and not moving:
        return '<p class="quiet">It ended before its first step: there is nothing to draw.</p>'
    if not training and not validation:
        return '<div class="plot waiting"><p>The curve begins with the first step.</p></div>'
    shown = [y for _, y in training + validation]
    # A first spike would press the rest of the curve flat: the top is the 98th percentile.
    high = max(sorted(shown)[int(0.98 * (len(shown) - 1))], validation[0][1] if validation else 0)
    right = max([steps, *(x for x, _ in training + validation)]) or 1
    box = Box.around(right, min(shown), high)
    sentence = _sentence(training, validation, best)
    return (
        f'<figure class="plot-box"><div class="plot" role="img" aria-label="{esc(sentence)}" '
        f'data-plot="{esc(json.dumps(_data(metrics, box)))}">{grid(box)}'
        f'<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">'
        f"{_path(training, box, 'training')}{_path(validation, box, 'validation')}</svg>"
        f"{_lone(validation, box)}{_best(validation, best, box)}{_names(training, validation, box)}"
        f'<span class="rule" hidden></span></div>'
        f'<figcaption><span class="reading" data-rest="{esc(sentence)}">{esc(sentence)}</span>'
        f"</figcaption></figure>"
    )


class Box:
    """The ranges of the axes, and where in percent a value lies."""

    def __init__(self, right: float, low: float, high: float) -> None:
        self.right, self.low, self.high = right, low, high

    @classmethod
    def around(cls, right: float, low: float, high: float) -> Box:
        """With some room above and below losses; from 0 where they come near it, or the lowest
        one would pass for 0."""
        pad = 0.06 * (high - low) or 0.1 * (abs(high) or 1)
        floor = 0.0 if low - pad < _NEAR_0 * (high + pad) else low - pad
        return cls(right, floor, high + pad)

    def x(self, value: float) -> float:
        return 100 * value / self.right

    def y(self, value: float) -> float:
        return 100 * (self.high - value) / (self.high - self.low)


def line(metrics: Sequence[Mapping[str, Any]], name: str) -> list[Point]:
    points = [
        (float(row["step"]), float(row[name]))
        for row in metrics
        if row.get(name) is not None and math.isfinite(float(row[name]))
    ]
    stride = max(1, len(points) // _POINTS)
    return points[::stride] + (points[-1:] if (len(points) - 1) % stride else [])


def _path(points: Sequence[Point], box: Box, kind: str) -> str:
    if len(points) < 2:
        return ""
    spots = " ".join(f"{10 * box.x(x):.1f},{10 * max(0, box.y(y)):.1f}" for x, y in points)
    return f'<polyline class="{kind}" points="{spots}" vector-effect="non-scaling-stroke"/>'


def _figure(value: float) -> str:
    """A round value of an axis: no more decimals than it has, and never with an exponent."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def grid(box: Box) -> str:
    across = "".join(
        f'<span class="y" style="top:{box.y(v):.2f}%"><i>{_figure(v)}</i></span>'
        for v in ticks(box.low, box.high)
    )
    along = "".join(
        f'<span class="x" style="left:{box.x(v):.2f}%"><i>{count(v)}</i></span>'
        for v in ticks(0, box.right, 5)
        if v == int(v)
    )
    return (
        f'<span class="grid" aria-hidden="true">{across}{along}<b class="y-name">loss</b>'
        f'<b class="x-name">step</b></span>'
    )


def _lone(points: Sequence[Point], box: Box) -> str:
    """One point alone is no line: it gets a dot."""
    if len(points) != 1:
        return ""
    x, y = points[0]
    return f'<span class="point" style="left:{box.x(x):.2f}%;top:{box.y(y):.2f}%"></span>'


def _best(validation: Sequence[Point], best: int | None, box: Box) -> str:
    spot = next(((x, y) for x, y in validation if x == best), None)
    if spot is None:
        return ""
    side = " left" if box.x(spot[0]) > 14 else ""
    return (
        f'<span class="best{side}" style="left:{box.x(spot[0]):.2f}%;top:{box.y(spot[1]):.2f}%" '
        f'aria-hidden="true"><i>best, kept</i></span>'
    )


def _names(training: Sequence[Point], validation: Sequence[Point], box: Box) -> str:
    ends = [(n, p[-1]) for n, p in (("training", training), ("validation", validation)) if p]
    tops = spread([box.y(y) for _, (_, y) in ends], 9, 0, 96)
    return "".join(
        f'<span class="line-name {name}" style="top:{top:.2f}%;left:{box.x(x):.2f}%" '
        f'aria-hidden="true">{name}</span>'
        for (name, (x, _)), top in zip(ends, tops, strict=True)
    )


def _data(metrics: Sequence[Mapping[str, Any]], box: Box) -> dict[str, Any]:
    """What the pointer reads: a list of step, training and validation loss."""
    rows: dict[float, list[float | None]] = {}
    for name, place in (("loss", 0), ("validation_loss", 1)):
        for x, y in line(metrics, name):
            rows.setdefault(x, [None, None])[place] = float(f"{y:.4g}")
    return {"right": box.right, "rows": [[int(x), *rows[x]] for x in sorted(rows)]}


def _sentence(training: Sequence[Point], validation: Sequence[Point], best: int | None) -> str:
    parts = []
    if training:
        parts.append(f"training loss {small(training[0][1])} → {small(training[-1][1])}")
    if validation:
        first, now = small(validation[0][1]), small(validation[-1][1])
        one = len(validation) == 1
        told = f"{now} at step {count(validation[0][0])}" if one else f"{first} → {now}"
        parts.append(f"validation loss {told}")
    last = max(x for x, _ in (*training, *validation))
    at_best = f"; best at step {best}" if best and validation else ""
    text = f"After {count(last)} steps: {', '.join(parts)}{at_best}. Lower is better."
    return text.replace("After 1 steps", "After 1 step")
