"""Scores and differences as tables; every name has a line beside it that says what it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jobs import ComparisonResult, Described, Difference, Interval
from studio.parts.colours import swatch, title
from studio.parts.intervals import columns, metric_within, with_interval
from studio.parts.scrolling import only_stacked, scrolling, stacked_cells
from studio.parts.text import esc, score, signed

# What people ask beside the score that judges: is it the very answer, how long, was it cut.
FEW = ("exact_match", "length_ratio", "hit_limit")
LUCK = "how often luck alone would do as much"  # what a p says, wherever one stands
AMONG = "; p among several: the same for what is held against its base, with several looked at"
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
    head = "".join(f'<th scope="col">{name}</th>' for name in _names(result))
    return scrolling(
        label,
        "Over all prompts; intervals like these hold the true value 95 times in 100",
        f'<tr><th scope="col">Score</th>{head}</tr>',
        "".join(rows),
        kind="stacks",
    )


def _names(result: ComparisonResult) -> list[str]:
    return [f"{swatch(v, result.variants)}{esc(title(v))}" for v in result.variants]


def _row(result: ComparisonResult, one: Described) -> str:
    """A score of each variant with its interval."""
    found = [result.summary[v].get(one.name) for v in result.variants]
    values = stacked_cells(_names(result), [_unbroken(i) if i else "–" for i in found])
    return _cells(one.title, one.what, values)


def _parts(result: ComparisonResult, metric: str, of: str = "") -> list[str]:
    """Precision and recall; `of` names the score where it does not stand above them."""
    held = [result.parts.get(v, {}).get(metric, {}) for v in result.variants]
    names = dict.fromkeys(name for parts in held for name in parts)
    return [
        _cells(
            f"{name.capitalize()}{of}" if of else name,
            PARTS.get(name, ""),
            stacked_cells(_names(result), [score(parts.get(name)) for parts in held]),
            kind="" if of else ' class="part-of"',
        )
        for name in names
    ]


def _cells(name: str, what: str, values: str, kind: str = "") -> str:
    """One row; the values are cells as HTML."""
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
    names = ["Difference", "95% interval", "p", *["p among several"] * corrected]
    names += ["Wins", "Ties", "Losses", "Sign test p", "Least to be seen"]
    rows = "".join(_difference(d, names, bool(shared), corrected) for d in found)
    head = "".join(f'<th scope="col">{t}</th>' for t in (esc(shared) or "Pair", *names))
    return scrolling(
        f"Differences in {metric_within(metric)}",
        f"Differences in {metric_within(metric)} on the same prompts. p: {LUCK}"
        f"{AMONG * corrected}; sign test p: by "
        "wins and losses alone; least to be seen: a true difference of this size shows four times "
        "in five",
        f"<tr>{head}</tr>",
        rows,
        kind="stacks",
    )


def _difference(d: Difference, names: Sequence[str], shared: bool, corrected: bool) -> str:
    """One row; whom all are held against stands in the head."""
    against = f" against {esc(title(d.b))}"
    delta, low, high = (signed(value, d.digits) for value in (d.delta, d.low, d.high))
    values = [delta, f"{low} to {high}", p_value(d.p)]
    values += [p_value(d.holm)] * corrected
    values += [str(d.wins), str(d.ties), str(d.losses), p_value(d.sign_test)]
    values.append(score(d.detectable) if d.detectable is not None else "–")
    return (
        f'<tr><th scope="row">{esc(title(d.a))}{only_stacked(against) if shared else against}</th>'
        f"{stacked_cells(names, values)}</tr>"
    )


def p_value(p: float | None) -> str:
    """Three decimals, and never a p of nothing."""
    if p is None:
        return "–"
    return "under 0.001" if p < 0.001 else f"{p:.3f}"
