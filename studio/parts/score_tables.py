"""Scores and differences as tables; every name has a line beside it that says what it means."""

from __future__ import annotations

from collections.abc import Iterable

from jobs import ComparisonResult, Described, Interval
from studio.parts.colours import swatch, title
from studio.parts.intervals import columns, metric_within, with_interval
from studio.parts.scrolling import scrolling
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
    return _table("Scores", result, [_row(result, one) for one in few])


def more(result: ComparisonResult) -> list[Described]:
    """The scores that stand neither in the first picture nor in the table beside it."""
    return [one for one in columns(result) if one.name not in (result.metric, *FEW)]


def more_scores_table(result: ComparisonResult) -> str:
    """Every other score, with precision and recall below those that have them; of the one that
    judges these two alone."""
    judge = metric_within(result.metric)
    rows = _parts(result, result.metric, f" of {judge}")
    for one in more(result):
        rows += [_row(result, one), *_parts(result, one.name)]
    return _table("More scores", result, rows) if rows else ""


def _table(label: str, result: ComparisonResult, rows: Iterable[str]) -> str:
    """A row a score, a column a variant."""
    head = "".join(
        f'<th scope="col">{swatch(v, result.variants)}{esc(title(v))}</th>' for v in result.variants
    )
    return scrolling(
        label,
        "Over all prompts; intervals like these hold the true value 95 times in 100",
        f'<tr><th scope="col">Score</th>{head}</tr>',
        "".join(rows),
    )


def _row(result: ComparisonResult, one: Described) -> str:
    """A score of each variant with its interval."""
    found = [result.summary[v].get(one.name) for v in result.variants]
    return _cells(one.title, one.what, [_unbroken(i) if i else "–" for i in found])


def _parts(result: ComparisonResult, metric: str, of: str = "") -> list[str]:
    """Precision and recall; `of` names the score where it does not stand above them."""
    held = [result.parts.get(v, {}).get(metric, {}) for v in result.variants]
    names = dict.fromkeys(name for parts in held for name in parts)
    return [
        _cells(
            f"{name.capitalize()}{of}" if of else name,
            PARTS.get(name, ""),
            [score(parts.get(name)) for parts in held],
            kind="" if of else ' class="part-of"',
        )
        for name in names
    ]


def _cells(name: str, what: str, cells: Iterable[str], kind: str = "") -> str:
    """One row; the cells are HTML."""
    values = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr{kind}><th scope="row">{esc(name)}{_plainly(what)}</th>{values}</tr>'


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
        f"Differences in {metric_within(metric)}",
        f"Differences in {metric_within(metric)} on the same prompts. p: how often luck alone "
        "would do as much; least to be seen: a true difference of this size shows four times in "
        "five",
        f"<tr>{head}</tr>",
        rows,
    )


def p_value(p: float | None) -> str:
    """Three decimals, and never a p of nothing."""
    if p is None:
        return "–"
    return "under 0.001" if p < 0.001 else f"{p:.3f}"
