"""Whether one run helped, as its card says it: by a comparison that it took part in itself."""

from __future__ import annotations

from pathlib import Path

from jobs.errors import NotFound
from jobs.evaluation import archive
from jobs.evaluation.verdict import named, opponents, sentence
from jobs.home import Home
from jobs.queue.variants import base_of, is_base, model_of
from jobs.store import Store
from jobs.types import ComparisonInfo, ComparisonResult, RunInfo
from jobs.workspace.comparing import comparison_with


def helped(store: Store, home: Home, run: RunInfo) -> str:
    """What the best comparison of a run says of this run, and which one that is; "" without any.

    A verdict leads with the best of its runs, which may be another: of several, this one's own
    difference is put into words anew.
    """
    info = comparison_with(store, run)
    if info is None or not info.verdict:
        return ""
    path = home.comparison(info.id)
    result = archive.load(path) if path.is_file() else None
    said = (_of_this(store, info, result, run) if result is not None else "") or info.verdict
    told = f"{said} ({_which(info, result)})"
    for model in filter(None, (base_of(name)[1] for name in info.variants if is_base(name))):
        told = told.replace(model, Path(model).name)  # of a folder, not where it lies here
    return told


def _of_this(store: Store, info: ComparisonInfo, result: ComparisonResult, run: RunInfo) -> str:
    """The sentence of one run against the base under it; "" where nothing is held against it."""
    bases = {name: _model(store, info, name) for name in result.variants}
    against = opponents(result.variants, bases).get(run.name)
    own = [
        d
        for d in result.differences
        if d.metric == result.metric and (d.a, d.b) == (run.name, against)
    ]
    if against is None or not own:
        return ""
    return sentence((against, run.name), result.metric, result.summary, own)


def _model(store: Store, info: ComparisonInfo, name: str) -> str:
    """The base model under a variant."""
    try:
        return model_of(store, name) or info.model
    except NotFound:  # a run that was deleted since
        return info.model


def _which(info: ComparisonInfo, result: ComparisonResult | None) -> str:
    """The comparison in words."""
    names = [named(name) for name in info.variants]
    listed = ", ".join(names[:-1]) + f" and {names[-1]}" if names[1:] else names[0]
    prompts = f"{len(result.examples):,}" if result is not None else "the"
    return (
        f"comparison {info.id}: {listed} on {prompts} {info.split} prompts of “{info.data}”, "
        f"version {info.data_version}"
    )
