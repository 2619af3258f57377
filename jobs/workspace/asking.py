"""From a prompt and a list of names to a queued question, and how it is followed to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from jobs.errors import InputError, Unavailable
from jobs.evaluation.sampling import Sampling
from jobs.queue.variants import is_base, precision_for, shots_of
from jobs.store import Store
from jobs.types import Ask, DatasetInfo, DeviceInfo, RunInfo
from jobs.workspace.comparing import check_groups, check_shown
from jobs.workspace.queueing import DOUBLE_PRESS

UNDER_WAY = ("queued", "running")
PLAIN = "{prompt}"


def ask(
    store: Store,
    variants: Sequence[str],
    prompt: str,
    *,
    model: str | None,
    template: str | None,
    data: DatasetInfo | None,
    sampling: Sampling,
    device: DeviceInfo,
) -> int:
    """Queue a question to several variants, once where it was pressed twice.

    Each run reads the prompt in the template that it was trained with, a base in that of the
    first run over it, else in that of `data`. From `data`, else from the first run's dataset, come
    the examples that few-shot variants show.
    """
    _check_prompt(prompt)
    groups = check_groups(store, variants, model)
    names = [name for group in groups.values() for name in group]
    runs = {name: store.runs.get(name) for name in names if not is_base(name)}
    shown = data or _data_of(store, [*runs.values()])
    if any(map(shots_of, names)):
        _check_shots(names, shown)
    templates = _templates(groups, runs, template, data or shown)
    settings = {
        "dtype": "auto",
        "precision": precision_for("auto", device),
        "models": {name: spec for spec, group in groups.items() for name in group},
        "templates": templates,
        "dataset_id": None if shown is None else shown.id,
        **asdict(sampling),
    }
    with store.transaction():
        if store.queue.paused():
            raise Unavailable(
                "The queue is paused: nothing would answer.",
                "Let it go on, on the Runs page or with “attune queue continue”, then ask again.",
            )
        twin = store.asks.just_asked(names, prompt, settings, DOUBLE_PRESS)
        if twin is not None:
            return twin
        first = templates[names[0]]
        return store.asks.add(
            next(iter(groups)), names, prompt, first, settings, device=device.name
        )


def stop(store: Store, ask_id: int) -> Ask:
    """Let no more be written; what was stays. One that has ended is left as it is."""
    asked = store.asks.get(ask_id)
    if asked.state in UNDER_WAY:
        store.jobs.request_stop(asked.job_id)
    return store.asks.get(ask_id)


def follow(look: Callable[[], Ask], every: float) -> Iterator[Ask]:
    """An ask whenever it has changed, until it has ended; the last one given is the whole."""
    before: Ask | None = None
    while True:
        now = look()
        if now != before:
            yield now
        if now.state not in UNDER_WAY:
            return
        before = now
        time.sleep(every)


def _check_prompt(prompt: str) -> None:
    if not prompt.strip():
        raise InputError("The prompt is empty.", "Write what the model should answer to.")
    try:
        prompt.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            "The prompt holds half a character, which cannot be read.", "Write it again."
        ) from error


def _data_of(store: Store, runs: Sequence[RunInfo]) -> DatasetInfo | None:
    return store.datasets.by_id(runs[0].dataset_id) if runs else None


def _check_shots(names: Sequence[str], data: DatasetInfo | None) -> None:
    if data is None:
        asking = next(name for name in names if shots_of(name))
        raise InputError(
            f"“{asking}” shows examples, and there is no dataset to take them from.",
            "Say which dataset, or ask a run that was trained on one as well.",
        )
    check_shown(names, data)


def _templates(
    groups: dict[str, list[str]],
    runs: dict[str, RunInfo],
    template: str | None,
    data: DatasetInfo | None,
) -> dict[str, Any]:
    """How each variant reads the prompt."""
    found = {}
    for group in groups.values():
        own = [runs[name].template for name in group if name in runs]
        usual = own[0] if own else data.template if data else PLAIN
        for name in group:
            found[name] = template or (runs[name].template if name in runs else usual)
    return found
