"""From a list of names to a queued comparison, and back to its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from jobs.errors import InputError, NotFound, Unavailable
from jobs.queue.variants import BASE, BASE_4BIT
from jobs.store import Store
from jobs.types import ComparisonInfo, DatasetInfo, DeviceInfo, RunInfo, Split


def check_variants(store: Store, names: Sequence[str], model: str | None) -> tuple[str, list[str]]:
    """The one base model under all variants, and their names without repetition, the base first."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        raise InputError("No variant was named.", "Name base, base@4bit or a run.")
    runs = [store.runs.get(name) for name in wanted if name not in (BASE, BASE_4BIT)]
    models = {run.model for run in runs} | ({model} if model else set())
    if len(models) > 1:
        raise InputError(
            "These variants stand on different base models: " + ", ".join(sorted(models)) + ".",
            "Compare runs of one base model at a time.",
        )
    if len({run.template for run in runs}) > 1:
        raise InputError(
            "These runs were trained with different prompt templates.",
            "Compare runs of one template at a time: each reads prompts in its own way.",
        )
    for run in runs:
        _check_run(run)
    bases = [name for name in wanted if name in (BASE, BASE_4BIT)]
    return (models.pop() if models else "starter"), bases + [r.name for r in runs]


def comparable(run: RunInfo) -> bool:
    """Whether a run has something that can answer."""
    return run.state == "done" or (run.folder / "adapter" / "adapter_config.json").is_file()


def submit(
    store: Store,
    dataset: DatasetInfo,
    names: Sequence[str],
    split: str,
    limit: int | None,
    dtype: str,
    model: str | None,
    device: DeviceInfo,
) -> ComparisonInfo:
    """Queue a comparison, or give the one that the very same request made before."""
    check_split(split, dataset.counts)
    if limit is not None and limit < 1:
        raise InputError(f"A limit of {limit} leaves no prompts.", "Give at least 1.")
    base, variants = check_variants(store, names, model)
    if limit is not None and limit >= dataset.counts[split]:
        limit = None
    settings = {"dtype": dtype}
    known = store.comparisons.find(dataset.id, base, split, limit, variants, settings)
    if known is not None and known.state in ("queued", "running", "done"):
        return known
    runs = [store.runs.get(name) for name in variants if name not in (BASE, BASE_4BIT)]
    return store.comparisons.add(
        dataset_id=dataset.id,
        model=base,
        split=split,
        limit=limit,
        variants=tuple(variants),
        settings=settings,
        device=device.name,
        after=_last_job(store, runs),
    )


def _last_job(store: Store, runs: Sequence[RunInfo]) -> int | None:
    """The newest training job that still has to end before these runs can answer."""
    waiting = [
        job.id
        for run in runs
        if run.state in ("queued", "running") and not comparable(run)
        for job in [store.jobs.newest(run.id)]
    ]
    return max(waiting, default=None)


def comparison_with(store: Store, run: RunInfo) -> ComparisonInfo | None:
    """The newest comparison with a run in it that says most of it.

    That is one on the whole test split of its own data, with the base in it and finished; less
    will do where there is no such one.
    """

    def worth(known: ComparisonInfo) -> tuple[bool, bool, bool, int]:
        whole = (known.dataset_id, known.split, known.limit) == (run.dataset_id, "test", None)
        held = BASE in known.variants or BASE_4BIT in known.variants
        return known.state == "done", held, whole, known.id

    return max(store.comparisons.of_run(run.id), key=worth, default=None)


def _check_run(run: RunInfo) -> None:
    if run.state in ("queued", "running") or comparable(run):
        return
    raise Unavailable(
        f"Run “{run.name}” cannot be compared: it is {run.state} and has no adapter.",
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
