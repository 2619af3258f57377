"""Scores as a dot and its interval for each variant, the base as a line across; and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs import ComparisonResult, Described, Interval, described
from studio.parts.colours import colour, is_base, shape, swatch, title
from studio.parts.scale import ticks
from studio.parts.text import esc, score, signed


def columns(result: ComparisonResult) -> list[Described]:
    """What this result has scores of, in the order of tables."""
    there = {name for scores in result.summary.values() for name in scores}
    return [one for one in described() if one.name in there]


def metric_title(name: str) -> str:
    return next((one.title for one in described() if one.name == name), name)


def _what(name: str) -> str:
    return next((one.what for one in described() if one.name == name), "")


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
    what = _what(metric)
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


def _unbroken(interval: Interval) -> str:
    """For a narrow column: the interval goes to the next line as a whole."""
    mean, bracket, rest = _value(interval).partition("(")
    return f'{mean}<span class="whole">{bracket}{rest}</span>'


def scores_table(result: ComparisonResult) -> str:
    """A row a metric, a column a variant; precision and recall under the metrics that have them."""
    head = "".join(
        f'<th scope="col">{swatch(v, result.variants)}{esc(title(v))}</th>' for v in result.variants
    )
    body = ""
    for one in columns(result):
        cells = "".join(
            f"<td>{_unbroken(i) if (i := result.summary[v].get(one.name)) else '–'}</td>"
            for v in result.variants
        )
        body += (
            f'<tr><th scope="row" title="{esc(one.what)}">{esc(one.title)}</th>{cells}</tr>'
            f"{_parts(result, one.name)}"
        )
    return scrolling(
        "Scores",
        "Over all prompts, with the interval that holds the true value 95 times in 100",
        f'<tr><th scope="col">Score</th>{head}</tr>',
        body,
    )


def _parts(result: ComparisonResult, metric: str) -> str:
    names = dict.fromkeys(p for of in result.parts.values() for p in of.get(metric, {}))
    rows = ""
    for name in names:
        cells = "".join(
            f"<td>{score(result.parts.get(v, {}).get(metric, {}).get(name))}</td>"
            for v in result.variants
        )
        rows += f'<tr class="part-of"><th scope="row">{esc(name)}</th>{cells}</tr>'
    return rows


def differences_table(result: ComparisonResult, metric: str) -> str:
    """Each pair by one metric: how much, how sure, and on how many prompts it won."""
    found = [d for d in result.differences if d.metric == metric]
    if not found:
        return ""
    corrected = any(d.holm is not None for d in found)
    against = {d.b for d in found}
    shared = f"Against {title(found[0].b)}" if len(against) == 1 else ""  # else each row names it
    rows = "".join(
        f'<tr><th scope="row">{esc(title(d.a))}'
        f"{'' if shared else f' against {esc(title(d.b))}'}</th>"
        f"<td>{signed(d.delta)}</td><td>{signed(d.low)} to {signed(d.high)}</td>"
        f"<td>{p_value(d.p)}</td>{f'<td>{p_value(d.holm)}</td>' * corrected}"
        f"<td>{d.wins}</td><td>{d.ties}</td><td>{d.losses}</td><td>{p_value(d.sign_test)}</td>"
        f"<td>{score(d.detectable) if d.detectable is not None else '–'}</td></tr>"
        for d in found
    )
    names = [
        esc(shared) or "Pair",
        "Difference",
        "95% interval",
        "p",
        *["p among several"] * corrected,
    ]
    names += ["Wins", "Ties", "Losses", "Sign test p", "Least to be seen"]
    head = "".join(f'<th scope="col">{t}</th>' for t in names)
    return scrolling(
        "Differences",
        f"Differences in {metric_title(metric)} on the same prompts. p: how often luck alone would "
        "do as much; least to be seen: a true difference of this size shows four times in five",
        f"<tr>{head}</tr>",
        rows,
    )


def p_value(p: float | None) -> str:
    """Three decimals, and never a p of nothing."""
    if p is None:
        return "–"
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def scrolling(label: str, caption: str, head: str, body: str) -> str:
    """A table that scrolls sideways by itself; its caption stays in sight, its edge shades."""
    return (
        f'<div class="tabled"><p class="caption" id="caption-{esc(label.lower())}">{esc(caption)}'
        f'.</p><div class="scroll" tabindex="0" role="region" aria-label="{esc(label)}"><table '
        f'aria-describedby="caption-{esc(label.lower())}"><thead>{head}</thead><tbody>{body}'
        "</tbody></table></div></div>"
    )
