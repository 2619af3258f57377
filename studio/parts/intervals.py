"""Scores as a dot and its interval for each variant, the base as a line across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs import ComparisonResult, Described, Interval, described
from studio.parts.colours import colour, shape, swatch, title
from studio.parts.scale import ticks
from studio.parts.text import esc, score


def columns(result: ComparisonResult) -> list[Described]:
    """What this result has scores of, in the order of tables."""
    there = {name for scores in result.summary.values() for name in scores}
    return [one for one in described() if one.name in there]


def metric_title(name: str) -> str:
    return next((one.title for one in described() if one.name == name), name)


def metric_within(name: str) -> str:
    """The same within a sentence: capitals only where they belong to the name."""
    told = metric_title(name)
    return told[:1].lower() + told[1:] if told[1:2].islower() else told


def _meaning(name: str) -> str:
    return next((one.what for one in described() if one.name == name), "")


def scores_picture(result: ComparisonResult, metric: str) -> str:
    """One metric: a row a variant, on one scale; where one plain base is among them, its mean is
    drawn through all rows."""
    rows = {v: result.summary.get(v, {}).get(metric) for v in result.variants}
    known = {v: i for v, i in rows.items() if i is not None and i.mean is not None}
    if not known:
        return '<p class="quiet">Nothing could be scored.</p>'
    low, high = _range(known)
    across = 100 / (high - low)
    plain = [i.mean for v, i in known.items() if v.partition(":")[0] in ("base", "base@4bit")]
    base = plain[0] if len(plain) == 1 else None
    line = (
        f'<span class="base-line" style="left:{(base - low) * across:.2f}%"></span>'
        if base is not None
        else ""
    )
    body = "".join(
        f'<div class="score-row"><span class="name">{swatch(v, result.variants)}{esc(title(v))}'
        f'</span><span class="track">{line}{_dot(v, i, result.variants, low, across)}</span>'
        f'<span class="value">{with_interval(i)}</span></div>'
        for v, i in known.items()
    )
    axis = "".join(
        f'<i style="left:{(t - low) * across:.2f}%">{t:g}</i>' for t in ticks(low, high, 4)
    )
    said = "; ".join(f"{title(v)} {with_interval(i)}" for v, i in known.items())
    what = _meaning(metric)
    label = f"{metric_title(metric)}: {said}."
    return (
        f'<figure class="scores"><figcaption><strong>{esc(metric_title(metric))}</strong>'
        f' <span class="quiet">{esc(what)}</span></figcaption>'
        f'<div role="img" aria-label="{esc(label)}">{body}<div class="score-row axis" '
        f'aria-hidden="true"><span></span><span class="track">{axis}</span><span></span></div>'
        "</div></figure>"
    )


def _range(known: Mapping[str, Interval]) -> tuple[float, float]:
    ends = [x for i in known.values() for x in (i.mean, i.low, i.high) if x is not None]
    low, high = min(0.0, *ends), max(ends)
    return low, max(high + 0.05 * (high - low), low + 0.1)


def _dot(
    variant: str, interval: Interval, variants: Sequence[str], low: float, across: float
) -> str:
    assert interval.mean is not None
    whisker = ""
    if interval.low is not None and interval.high is not None:
        left, width = (interval.low - low) * across, (interval.high - interval.low) * across
        whisker = f'<span class="whisker" style="left:{left:.2f}%;width:{width:.2f}%"></span>'
    style = f"--c:{colour(variant, variants)}"
    return (
        f'<span style="{style}">{whisker}<span class="dot {shape(variant, variants)}" '
        f'style="left:{(interval.mean - low) * across:.2f}%"></span></span>'
    )


def with_interval(interval: Interval) -> str:
    """A mean, and its interval in brackets where there is one."""
    if interval.low is None or interval.high is None:
        return score(interval.mean)
    return f"{score(interval.mean)} ({score(interval.low)} to {score(interval.high)})"
