"""From what a person decided to a queued run: defaults, forecast, checks, submit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from jobs.data.words import bytes_of
from jobs.errors import DiskFull, InputError, OutOfMemory, Unavailable
from jobs.home import Home
from jobs.methods import method as find_method
from jobs.methods import methods as all_methods
from jobs.methods.run_options import describe_all, options_for, split
from jobs.methods.virtual import virtual_tokens
from jobs.models.hub import check
from jobs.models.lengths import Counts, token_counts
from jobs.models.source import resolve
from jobs.queue.variants import BASE
from jobs.store import Store
from jobs.training.forecast import Forecast, forecast
from jobs.training.overlong import cure_of, nothing_fits, overlong
from jobs.types import DatasetInfo, DeviceInfo, ModelInfo, RunInfo
from jobs.workspace.answers import MethodChoice, TrainRequest
from jobs.workspace.fitting import LEARNT, Lost, losses
from jobs.workspace.queueing import DOUBLE_PRESS

FORECAST = 5_000  # examples that a forecast is made from
SPARE_DISK = 200 * 2**20  # bytes left free beside what a run will write


def method_choices(info: ModelInfo, device: DeviceInfo) -> list[MethodChoice]:
    """Every method with whether it runs here; the first available one is recommended."""
    choices: list[MethodChoice] = []
    for method in all_methods():
        reason = method.unavailable(device, info) or ""
        recommended = not reason and not any(c.recommended for c in choices)
        choices.append(
            MethodChoice(
                name=method.name,
                title=method.title,
                what=method.what,
                when=method.when,
                available=not reason,
                reason=reason,
                recommended=recommended,
                options=describe_all(method),
                front=method.front,
            )
        )
    return choices


def values_for(dataset: DatasetInfo, request: TrainRequest, info: ModelInfo) -> dict[str, Any]:
    """Every option's value: the effort's, overridden by the person's own."""
    method = find_method(request.method)
    return options_for(method, request.effort, dataset.counts["train"], info, dict(request.options))


def forecast_for(
    home: Home,
    dataset: DatasetInfo,
    request: TrainRequest,
    info: ModelInfo,
    device: DeviceInfo,
) -> Forecast:
    """Steps, time, memory and disk of a run, from the lengths of this very data."""
    counts = token_counts(home.dataset(dataset.id), dataset, info, ("train", "validation"))
    return forecast_of(home, counts, dataset.counts["train"], request, info, device)


def forecast_of(
    home: Home,
    counts: Counts,
    rows: int,
    request: TrainRequest,
    info: ModelInfo,
    device: DeviceInfo,
) -> Forecast:
    """The same from counted tokens alone; `rows` are learnt from."""
    method = find_method(request.method)
    values = options_for(method, request.effort, rows, info, dict(request.options))
    training, own = split(method, values)
    limit = info.at_most(training.max_length)
    lost = {side: losses(counts[side], limit, info.kind, virtual_tokens(own)) for side in LEARNT}
    learnt = {side: np.delete(counts[side], each.left_out, axis=0) for side, each in lost.items()}
    counted = info.path is not None  # and not guessed from characters
    every = len(counts["train"]) == rows  # of very many the first were counted
    readable = len(learnt["train"]) > 0 or not (counted and every)
    if len(learnt["train"]):
        rows = max(1, round(rows * len(learnt["train"]) / len(counts["train"])))
    pairs = _scaled(_pairs(learnt["train"]), rows)
    ahead = forecast(
        info,
        method,
        values,
        [prompt + completion for prompt, completion in pairs],
        device,
        labels=sum(completion for _, completion in pairs),
        validation=[prompt + completion for prompt, completion in _pairs(learnt["validation"])],
        disk_free=shutil.disk_usage(home.runs).free,
    )
    told = _overlong(lost["train"], limit, info) if counted else ()
    return replace(ahead, problems=ahead.problems + told, readable=readable)


def _overlong(lost: Lost, limit: int, info: ModelInfo) -> tuple[str, ...]:
    """What a run would warn of what it learns from; of very many rows, those that were counted."""
    dropped = len(lost.left_out)
    shortened = len(lost.places) - dropped
    told = overlong(
        "training", limit, of=lost.counted, shortened=shortened, dropped=dropped, ahead=True
    )
    return (*told[:-1], f"{told[-1]} {cure_of(info, limit)}") if told else ()


def _kept(ahead: Forecast, device: DeviceInfo) -> dict[str, Any]:
    """A forecast as it is later held against what the run took; nobody holds a guess against it."""
    guess = {} if device.flops else {"seconds": None, "peak_memory": None}
    return asdict(ahead) | guess


def submit(
    store: Store, home: Home, request: TrainRequest, device: DeviceInfo, *, compare: bool
) -> RunInfo:
    """Queue a run, checked against all that can be known before it starts.

    The same request within `DOUBLE_PRESS` seconds, without a name, is the same press: it gives the
    run that is there.
    """
    check_seed(request.seed)
    dataset = store.datasets.get(request.data)
    info = resolve(request.model)
    method = find_method(request.method)
    reason = method.unavailable(device, info)
    if reason:
        raise Unavailable(f"{method.title} cannot run here: {reason}", "Choose another method.")
    values = values_for(dataset, request, info)
    if info.path is None:
        check(info.spec)
    ahead = forecast_for(home, dataset, request, info, device)
    if not ahead.readable:
        raise nothing_fits(info, info.at_most(values["max_length"]))
    check_disk(home, ahead.disk)
    check_memory(ahead, info, device)
    with store.transaction():
        twin = None if request.name else _pressed_before(store, request, info.spec, values, compare)
        if twin is not None:
            return twin
        run = store.runs.add(
            name=request.name or store.runs.free_name(f"{method.name}-{dataset.name}"),
            dataset_id=dataset.id,
            model=info.spec,
            method=method.name,
            effort=request.effort,
            options=values,
            seed=request.seed,
            template=dataset.template,
            device=device.name,
            forecast=_kept(ahead, device),
        )
        if compare:
            store.comparisons.add(
                dataset_id=dataset.id,
                model=info.spec,
                split="test",
                limit=None,
                variants=(BASE, run.name),
                settings={"dtype": "auto"},
                device=device.name,
                after=store.jobs.newest(run.id).id,
            )
    return run


def _pressed_before(
    store: Store, request: TrainRequest, spec: str, values: Mapping[str, Any], compare: bool
) -> RunInfo | None:
    """The run that the very same request queued a moment ago."""
    asked = (request.data, spec, request.method, request.effort, _stored(values), request.seed)
    for run in store.runs.just_queued(DOUBLE_PRESS):
        known = (run.dataset, run.model, run.method, run.effort, dict(run.options), run.seed)
        if known == asked and bool(store.comparisons.of_run(run.id, limit=1)) == compare:
            return run
    return None


def trained_before(
    store: Store, dataset: DatasetInfo, request: TrainRequest, info: ModelInfo, device: DeviceInfo
) -> RunInfo | None:
    """The newest run that took every step of the very same training here, whatever its seed."""
    values = _stored(values_for(dataset, request, info))
    for run in store.runs.of_dataset(dataset.id):
        same = (run.model, run.method, run.device) == (info.spec, request.method, device.name)
        whole = run.state == "done" and run.result.get("step") == run.result.get("steps")
        if same and whole and run.result and dict(run.options) == values:
            return run
    return None


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Options as the store gives them back: lists for tuples."""
    kept: dict[str, Any] = json.loads(json.dumps(dict(values)))
    return kept


def check_seed(seed: int) -> None:
    """What every library that draws at random takes: 32 bits without a sign."""
    if not 0 <= seed < 2**32:
        raise InputError(
            f"The seed is {seed}, which is out of bounds.", f"Give a number from 0 to {2**32 - 1}."
        )


def check_disk(home: Home, needed: int) -> None:
    """Refuse work that would fill the volume that runs are written to.

    That is not always the home's own: `runs` may be a link to a larger disk.
    """
    free = shutil.disk_usage(home.runs).free
    if free < needed + SPARE_DISK:
        raise DiskFull(
            f"This needs {bytes_of(needed + SPARE_DISK)} of disk and {bytes_of(free)} is free "
            f"where your runs lie ({home.runs}).",
            "Delete runs you no longer need, or choose another home folder with --home.",
        )


def check_memory(ahead: Forecast, info: ModelInfo, device: DeviceInfo) -> None:
    """Refuse work that cannot fit even if everything else leaves; what is only tight may start,
    since a run that finds too little memory takes its batches in smaller parts."""
    if info.path is None or not device.memory or ahead.peak_memory <= device.memory:
        return
    needs = f"This needs about {bytes_of(ahead.peak_memory)} of memory, and there are "
    cure = "Choose a smaller model."
    if ahead.nearest is not None:
        values = ", ".join(f"{name}={value}" for name, value in ahead.nearest.options.items())
        told = " with ".join(part for part in (ahead.nearest.method, values) if part)
        cure = f"This would fit: {told}. {ahead.nearest.sentence}"
    raise OutOfMemory(f"{needs}{bytes_of(device.memory)} in all.", cure)


def _pairs(counts: np.ndarray) -> list[tuple[int, int]]:
    """The counted pairs, or, where there are very many, `FORECAST` of them taken evenly."""
    if len(counts) > FORECAST:
        counts = counts[np.linspace(0, len(counts) - 1, FORECAST).astype(np.int64)]
    return [(int(prompt), int(completion)) for prompt, completion in counts.tolist()]


def _scaled(pairs: list[tuple[int, int]], rows: int) -> list[tuple[int, int]]:
    """The counted pairs repeated until there is one a row."""
    if not pairs:
        return pairs
    return (pairs * -(-rows // len(pairs)))[:rows]
