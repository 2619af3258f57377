"""Round numbers for axes."""

from __future__ import annotations

import math


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round values within [low, high], some `about` of them."""
    if not high > low:
        return [low]
    raw = (high - low) / max(1, about)
    base = 10.0 ** math.floor(math.log10(raw))
    step = next(m * base for m in (1, 2, 2.5, 5, 10) if m * base >= raw)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """The places moved apart so that neighbours keep `gap`, in the order they came."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    out = list(places)
    floor = low
    for i in order:
        out[i] = max(out[i], floor)
        floor = out[i] + gap
    ceiling = high
    for i in reversed(order):
        out[i] = min(out[i], ceiling)
        ceiling = out[i] - gap
    return out
