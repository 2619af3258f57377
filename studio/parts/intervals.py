"""Scores as a dot and its interval for each variant, the base as a line across; and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs import ComparisonResult, Interval
from studio.parts.colours import colour, is_base, shape, swatch, title
from studio.parts.scale import ticks
from studio.parts.text import esc, percent, score, signed

METRICS = {
    "rougeL": ("ROUGE-L", "the longest run of words that completion and reference share in order"),
    "rouge1": ("ROUGE-1", "single words that both have"),
    "rouge2": ("ROUGE-2", "pairs of neighbouring words that both have"),
    "exact_match": ("Exact match", "completions that are the reference, word for word"),
    "length_ratio": ("Length", "length of the completion over length of the reference"),
}


def metric_title(name: str) -> str:
    return METRICS.get(name, (name, ""))[0]


def scores_picture(result: ComparisonResult, metric: str) -> str:
    """One metric: a row a variant, on one scale, the base's mean drawn through all rows."""
    rows = {v: result.summary.get(v, {}).get(metric) for v in result.variants}
    known = {v: i for v, i in rows.items() if i is not None and i.mean is not None}
    if not known:
        return '<p class="quiet">Nothing could be scored.</p>'
    low, high = _range(known)
    across = 100 / (high - low)
    base = next((i.mean for v, i in known.items() if is_base(v)), None)
    line = (
        f'<span class="base-line" style="left:{(base - low) * across:.2f}%"></span>'
        if base is not None
        else ""
    )
    body = "".join(
        f'<div class="score-row"><span class="name">{swatch(v, result.variants)}{esc(title(v))}'
        f'</span><span class="track">{line}{_dot(v, i, result.variants, low, across)}</span>'
        f'<span class="value">{_value(i)}</span></div>'
        for v, i in known.items()
    )
    axis = "".join(
        f'<i style="left:{(t - low) * across:.2f}%">{t:g}</i>' for t in ticks(low, high, 4)
    )
    said = "; ".join(f"{title(v)} {_value(i)}" for v, i in known.items())
    what = METRICS.get(metric, ("", ""))[1]
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


def _value(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return score(interval.mean)
    return f"{score(interval.mean)} ({score(interval.low)} to {score(interval.high)})"


def scores_table(result: ComparisonResult) -> str:
    """Every metric and variant in figures, then the differences to the base."""
    names = list(dict.fromkeys(m for s in result.summary.values() for m in s))
    names.sort(key=lambda m: list(METRICS).index(m) if m in METRICS else len(METRICS))
    head = "".join(f'<th scope="col">{esc(metric_title(m))}</th>' for m in names)
    body = ""
    for variant in result.variants:
        cells = "".join(
            f"<td>{_value(i) if (i := result.summary.get(variant, {}).get(m)) else '–'}</td>"
            for m in names
        )
        body += (
            f'<tr><th scope="row">{swatch(variant, result.variants)}{esc(title(variant))}</th>'
            f"{cells}<td>{percent(result.hit_limit.get(variant, 0.0))}</td></tr>"
        )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Scores"><table><caption>Mean '
        "over prompts, with the interval that holds the true mean 95 times in 100</caption>"
        f'<thead><tr><th scope="col">Variant</th>{head}<th scope="col">Cut off</th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def differences_table(result: ComparisonResult) -> str:
    """Each pair: how much, how sure, and on how many prompts it won."""
    rows = "".join(
        f'<tr><th scope="row">{esc(title(d.a))} against {esc(title(d.b))}</th>'
        f"<td>{esc(metric_title(d.metric))}</td><td>{signed(d.delta)}</td>"
        f"<td>{signed(d.low)} to {signed(d.high)}</td><td>{d.wins}</td><td>{d.ties}</td>"
        f"<td>{d.losses}</td></tr>"
        for d in result.differences
        if d.metric == result.metric
    )
    if not rows:
        return ""
    head = "".join(
        f'<th scope="col">{t}</th>'
        for t in ("Pair", "Metric", "Difference", "95% interval", "Wins", "Ties", "Losses")
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Differences"><table>'
        "<caption>Differences on the same prompts</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
