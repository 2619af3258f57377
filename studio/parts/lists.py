"""Runs, datasets and comparisons as rows that lead to their own pages."""

from __future__ import annotations

from collections.abc import Sequence

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
    rows = "".join(
        f'<li><span class="who">{link("/runs", r.name, run=r.id)}</span>{badge(r.state)}'
        f'<span class="what">{esc(method_title(r.method))} on {esc(r.dataset)}</span>'
        f'<span class="when">{esc(_took(r))}{esc(when(r.created, now))}</span></li>'
        for r in runs
    )
    return f'<ul class="rows">{rows}</ul>'


def _took(run: RunInfo) -> str:
    seconds = run.result.get("seconds")
    return f"{duration(float(seconds))} · " if seconds else ""


def dataset_rows(datasets: Sequence[DatasetInfo], now: float) -> str:
    """A row a dataset: name, how many examples, when."""
    rows = "".join(
        f'<li><span class="who">{link("/data", d.name, dataset=d.id)}</span>'
        f'<span class="what">{several(sum(d.counts.values()), "example")}, '
        f"{count(d.counts.get('test', 0))} of them kept for the test</span>"
        f'<span class="when">{esc(when(d.created, now))}</span></li>'
        for d in datasets
    )
    return f'<ul class="rows three">{rows}</ul>'


def comparison_rows(comparisons: Sequence[ComparisonInfo], now: float) -> str:
    """A row a comparison: what against what, on which data, and its sentence."""
    rows = "".join(
        f'<li><span class="who">{link("/compare", _versus(c), comparison=c.id)}</span>'
        f'{badge(c.state)}<span class="what">{esc(c.verdict or "on " + c.data)}</span>'
        f'<span class="when">{esc(when(c.created, now))}</span></li>'
        for c in comparisons
    )
    return f'<ul class="rows">{rows}</ul>'


def _versus(comparison: ComparisonInfo) -> str:
    return " · ".join(clip(title(v), 40) for v in comparison.variants)
