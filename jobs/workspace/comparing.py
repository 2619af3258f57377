"""From a list of names to a queued comparison, and back to its result."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import cast

from jobs.errors import InputError, NotFound, Unavailable
from jobs.queue.variants import base_of, check_base, is_base, learnt_from, shots_of
from jobs.store import Store
from jobs.types import ComparisonInfo, DatasetInfo, DeviceInfo, RunInfo, Split

PORTION = 100  # runs that are read at once


def check_groups(store: Store, names: Sequence[str], model: str | None) -> dict[str, list[str]]:
    """The names by base model, without repetition, in each group the base first.

    The first group is that of `model`, else of the first run. Where there are several, each gets
    the kinds of base that were asked for without saying of which model.
    """
    wanted = list(dict.fromkeys(names))
    if not wanted:
        raise InputError("No variant was named.", "Name base, base@4bit, base+3 or a run.")
    for name in wanted:
        check_base(name)
    runs = [store.runs.get(name) for name in wanted if not is_base(name)]
    for run in runs:
        check_run(run)
    if model and runs and all(run.model != model for run in runs):
        raise InputError(
            f"“{model}” is the base of none of these runs.",
            "Name no model: the bases follow from the runs.",
        )
    kinds = [base_of(name) for name in wanted if is_base(name)]
    for name in wanted:
        shots_of(name)
    found = [model, *(run.model for run in runs), *(spec for _, spec in kinds)]
    models = list(dict.fromkeys(spec for spec in found if spec)) or ["starter"]
    groups = {}
    for spec in models:
        asked = dict.fromkeys(kind for kind, of in kinds if of in (None, spec))
        own = [kind if spec == models[0] else f"{kind}:{spec}" for kind in asked]
        groups[spec] = [*own, *(run.name for run in runs if run.model == spec)]
    return {spec: group for spec, group in groups.items() if group}


def check_shown(variants: Sequence[str], dataset: DatasetInfo) -> None:
    """Refuse variants that show more training examples than there are."""
    if max(map(shots_of, variants)) > dataset.counts.get("train", 0):
        raise Unavailable(
            f"There are only {dataset.counts.get('train', 0)} training examples to show.",
            "Leave out the variants that show more, such as base+5.",
        )


def _check_templates(runs: Sequence[RunInfo]) -> None:
    """Runs on one base that are scored together read their prompts in one way."""
    for spec in {run.model for run in runs}:
        if len({run.template for run in runs if run.model == spec}) > 1:
            raise InputError(
                "These runs were trained with different prompt templates.",
                "Compare runs of one template at a time: each reads prompts in its own way.",
            )


def _check_several(variants: Sequence[str]) -> None:
    """One alone tells nothing, and its answers may take minutes."""
    if len(variants) > 1:
        return
    other = "a run, or base+3" if is_base(variants[0]) else "base, the model before its training"
    raise InputError(
        f"There is nothing to compare “{variants[0]}” with.", f"Name {other}, beside it."
    )


def _check_accompanied(groups: Mapping[str, Sequence[str]]) -> None:
    """A run is held against something over its own base model, or it stands there for nothing."""
    for spec, (variant, *others) in groups.items():
        if len(groups) > 1 and not others and not is_base(variant):
            raise InputError(
                f"Nothing is held against “{variant}”: it stands on another model, {spec}.",
                f"Name its base as well: base:{spec}.",
            )


def comparable(run: RunInfo) -> bool:
    """Whether a run has something that can answer."""
    return run.state == "done" or run.learnt is not None


def answering(
    store: Store, words: str, data: str | None, model: str | None, limit: int | None
) -> list[RunInfo]:
    """The newest runs that can answer, with these words in their name; looked for in portions, so
    that a few are found at once however many there are.
    """
    found: list[RunInfo] = []
    before: int | None = None
    while limit is None or len(found) < limit:
        some = store.runs.search(words, data=data, model=model, limit=PORTION, before=before)
        found += filter(comparable, some)
        if len(some) < PORTION:
            break
        before = some[-1].id
    return found[:limit]


def submit(
    store: Store,
    dataset: DatasetInfo,
    names: Sequence[str],
    device: DeviceInfo,
    *,
    split: str,
    limit: int | None,
    dtype: str,
    model: str | None,
) -> ComparisonInfo:
    """Queue a comparison, or give the one that the very same request made before."""
    check_split(split, dataset.counts)
    if limit is not None and limit < 1:
        raise InputError(f"A limit of {limit} leaves no prompts.", "Give at least 1.")
    groups = check_groups(store, names, model)
    base, variants = next(iter(groups)), [name for group in groups.values() for name in group]
    _check_several(variants)
    _check_accompanied(groups)
    runs = [store.runs.get(name) for name in variants if not is_base(name)]
    _check_templates(runs)
    check_shown(variants, dataset)
    if limit is not None and limit >= dataset.counts[split]:
        limit = None
    settings = {"dtype": dtype}
    known = store.comparisons.find(dataset.id, base, split, limit, variants, settings)
    if known is not None and known.state in ("queued", "running", "done"):
        return known
    return store.comparisons.add(
        dataset_id=dataset.id,
        model=base,
        split=split,
        limit=limit,
        variants=tuple(variants),
        settings=settings,
        device=device.name,
        after=last_job(store, runs),
    )


def last_job(store: Store, runs: Sequence[RunInfo]) -> int | None:
    """The newest training job that still has to end before these runs can answer."""
    waiting = [
        job.id
        for run in runs
        if run.state in ("queued", "running") and not comparable(run)
        for job in [store.jobs.newest(run.id)]
    ]
    return max(waiting, default=None)


def comparison_with(store: Store, run: RunInfo) -> ComparisonInfo | None:
    """The comparison with a run in it that says most of it; of equals the newest.

    That is one on the whole test split of its own data, with the base in it and finished; less
    will do where there is no such one: of a part of that split the most prompts, then other rows,
    then one without the base, and the rows that it has learnt from at last.
    """

    def worth(known: ComparisonInfo) -> tuple[bool, bool, bool, bool, float, int]:
        own = (known.dataset_id, known.split) == (run.dataset_id, "test")
        held = any(is_base(name) for name in known.variants)
        size = math.inf if known.limit is None else known.limit
        return known.state == "done", not learnt_from(run, known), held, own, size, known.id

    return max(store.comparisons.of_run(run.id), key=worth, default=None)


def check_run(run: RunInfo) -> None:
    """Refuse a run that neither has an adapter nor is on the way to one, in words that fit whoever
    wants its answers: a comparison, a question, a look at what it forgot."""
    if run.state in ("queued", "running") or comparable(run):
        return
    raise Unavailable(
        f"Run “{run.name}” has nothing to answer with: it is {run.state}.",
        "Resume it first.",
    )


def check_split(split: str, counts: Mapping[str, int]) -> Split:
    """The split of this name; one that does not exist or is empty is refused."""
    if split not in counts:
        raise NotFound(f"There is no split “{split}”.", f"Use one of: {', '.join(counts)}.")
    if not counts[split]:
        raise Unavailable(
            f"The {split} split of this dataset is empty.", "Import the data again with one."
        )
    return cast(Split, split)
