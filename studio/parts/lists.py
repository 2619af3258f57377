"""Runs, datasets and comparisons as rows that lead to their own pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jobs import ComparisonInfo, DatasetInfo, RunInfo, method_title
from studio.parts.colours import title
from studio.parts.frame import link
from studio.parts.states import badge
from studio.parts.text import clip, count, duration, esc, several, when

EFFORTS = {"quick": "Quick", "standard": "Standard", "thorough": "Thorough"}


def model_title(spec: str) -> str:
    """What a page calls a base model: the starter is the practice model, a folder its last part."""
    if spec == "starter":
        return "Practice model"
    return spec.rstrip("/").rsplit("/", 1)[-1] if spec.startswith(("/", "~", ".")) else spec


def run_rows(runs: Sequence[RunInfo], now: float) -> str:
    """A row a run: name, state, how it was made, when."""
    return _rows(
        _row(
            link("/runs", r.name, run=r.id),
            esc(f"{method_title(r.method)} on {r.dataset}"),
            unbroken(*_took(r), when(r.created, now)),
            badge(r.state),
        )
        for r in runs
    )


def unbroken(*facts: str) -> str:
    """Short facts in a row: a line may end between two of them, and not within one."""
    return " · ".join(f'<span class="whole">{esc(fact)}</span>' for fact in facts)


def _took(run: RunInfo) -> list[str]:
    seconds = run.result.get("seconds")
    return [duration(float(seconds))] if seconds else []


def dataset_rows(datasets: Sequence[DatasetInfo], now: float) -> str:
    """A row a dataset: name, how many examples, when."""
    return _rows(
        (
            _row(
                link("/data", d.name, dataset=d.id),
                f"{several(sum(d.counts.values()), 'example')}, "
                f"{count(d.counts.get('test', 0))} of them kept for the test",
                esc(when(d.created, now)),
            )
            for d in datasets
        ),
        "rows three",
    )


def comparison_rows(comparisons: Sequence[ComparisonInfo], now: float) -> str:
    """A row a comparison: what against what, on which data, and its sentence."""
    return _rows(
        _row(
            link("/compare", _versus(c), comparison=c.id),
            esc(c.verdict or f"on {c.data}{_unmade(c)}"),
            esc(when(c.created, now)),
            badge(c.state),
        )
        for c in comparisons
    )


def _unmade(comparison: ComparisonInfo) -> str:
    """Of one that never began because what it waited for was stopped."""
    waited = comparison.state == "stopped" and comparison.error
    return "; not made, because its run was stopped" if waited else ""


def _row(who: str, what: str, at: str, state: str = "") -> str:
    """All four are HTML."""
    return (
        f'<li><span class="who">{who}</span>{state}<span class="what">{what}</span>'
        f'<span class="when">{at}</span></li>'
    )


def _rows(rows: Iterable[str], kind: str = "rows") -> str:
    return f'<ul class="{kind}">{"".join(rows)}</ul>'


def _versus(comparison: ComparisonInfo) -> str:
    return " · ".join(clip(title(v), 40) for v in comparison.variants)
