"""Scores and differences as tables; every name has a line beside it that says what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jobs import ComparisonResult, Described, Interval
from studio.parts.colours import swatch, title
from studio.parts.intervals import columns, metric_title, with_interval
from studio.parts.text import esc, score, signed

# What people ask beside the score that judges: is it the very answer, how long, was it cut.
FEW = ("exact_match", "length_ratio", "hit_limit")
PARTS = {
    "precision": "How much of what was answered stands in the reference.",
    "recall": "How much of the reference was answered.",
}


def few_scores_table(result: ComparisonResult) -> str:
    """The few scores that people need beside the one that judges, which has a picture."""
    there = {one.name: one for one in columns(result)}
    few = [there[name] for name in FEW if name in there and name != result.metric]
    return _table("Scores", result, few, parts=False)


def scores_table(result: ComparisonResult) -> str:
    """Every score, with precision and recall below those that have them."""
    return _table("Every score", result, columns(result), parts=True)


def _table(label: str, result: ComparisonResult, rows: Iterable[Described], *, parts: bool) -> str:
    """A row a score, a column a variant."""
    head = "".join(
        f'<th scope="col">{swatch(v, result.variants)}{esc(title(v))}</th>' for v in result.variants
    )
    body = ""
    for one in rows:
        cells = "".join(
            f"<td>{_unbroken(i) if (i := result.summary[v].get(one.name)) else '–'}</td>"
            for v in result.variants
        )
        body += f'<tr><th scope="row">{esc(one.title)}{_plainly(one.what)}</th>{cells}</tr>'
        body += _parts(result, one.name) if parts else ""
    return scrolling(
        label,
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
        said = _plainly(PARTS.get(name, ""))
        rows += f'<tr class="part-of"><th scope="row">{esc(name)}{said}</th>{cells}</tr>'
    return rows


def _plainly(what: str) -> str:
    return f'<span class="means">{esc(what)}</span>' if what else ""


def _unbroken(interval: Interval) -> str:
    """For a narrow column: the interval goes to the next line as a whole."""
    mean, bracket, rest = with_interval(interval).partition("(")
    return f'{mean}<span class="whole">{bracket}{rest}</span>'


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
        f"Differences in {metric_title(metric)}",
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
    name = "-".join(["caption", *re.findall(r"\w+", label.lower())])
    return (
        f'<div class="tabled"><p class="caption" id="{esc(name)}">{esc(caption)}'
        f'.</p><div class="scroll" tabindex="0" role="region" aria-label="{esc(label)}"><table '
        f'aria-describedby="{esc(name)}"><thead>{head}</thead><tbody>{body}'
        "</tbody></table></div></div>"
    )
