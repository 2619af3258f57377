"""Whether one run helped: what a comparison that it took part in says of this very run."""

from __future__ import annotations

from pathlib import Path

from jobs.errors import NotFound
from jobs.evaluation import archive
from jobs.evaluation.faults import warnings
from jobs.evaluation.outcomes import opponents, outcome, swapped
from jobs.evaluation.spoken import spoken
from jobs.evaluation.verdict import named, score_word
from jobs.home import Home
from jobs.queue.variants import base_of, is_base, learnt_from, model_of
from jobs.store import Store
from jobs.types import ComparisonInfo, ComparisonResult, Difference, RunInfo
from jobs.workspace.answers import Helped
from jobs.workspace.comparing import comparison_with


def helped(
    store: Store, info: ComparisonInfo, result: ComparisonResult | None, run: RunInfo
) -> Helped:
    """What a scored comparison says of one run in it.

    A verdict leads with the best of its runs, which may be another: of several, this one's own
    difference is put into words anew. Where nothing is held against it, the verdict stands.
    """
    own = _own(store, info, result, run) if result is not None else None
    if result is None or own is None:
        return Helped(info.verdict, info.outcome, info)
    known = [run.name] if learnt_from(run, info) else []
    warned = warnings(result.faults, len(result.examples), (run.name,))
    pair = (own.b, run.name)
    said = spoken(pair, result.metric, result.summary, [own], None, warned, known)
    return Helped(said, "unclear" if known else outcome(own), info)


def on_card(store: Store, home: Home, run: RunInfo) -> str:
    """What the comparison that says most of a run says, and which one that is; "" without one."""
    info = comparison_with(store, run)
    if info is None or not info.verdict:
        return ""
    result = archive.load_scored(home.comparison(info.id))
    told = f"{helped(store, info, result, run).sentence} ({_which(info, result)})"
    for model in filter(None, (base_of(name)[1] for name in info.variants if is_base(name))):
        if Path(model).is_absolute() or model.startswith(("~", ".")):  # its name, not where it lies
            told = told.replace(model, Path(model).name)
    word = score_word("rougeL")
    explained = f" {word.capitalize()} is ROUGE-L, from 0 to 1." if word in told else ""
    return told + explained


def _own(
    store: Store, info: ComparisonInfo, result: ComparisonResult, run: RunInfo
) -> Difference | None:
    """A run against the base under it, by the score of the verdict."""
    bases = {name: _model(store, info, name) for name in result.variants}
    against = opponents(result.variants, bases).get(run.name)
    found = [d for d in result.differences if d.metric == result.metric]
    if against != run.name or len(result.variants) != 2:
        return next((d for d in found if (d.a, d.b) == (run.name, against)), None)
    # The other one is held against this run: the same, told from this side.
    return next((swapped(d) for d in found if d.b == run.name), None)


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
