"""What a run will take, said before anything starts: steps, time, memory, disk, what does not fit.

Torch-free: from the form's values, the lengths of this very data, and the probed machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jobs.data.words import bytes_of
from jobs.methods.method import Method
from jobs.methods.run_options import split
from jobs.training import batches
from jobs.training.checkpoint import SPARE, size_of
from jobs.training.cost import Cost
from jobs.training.nearest import Nearest, candidates
from jobs.types import DeviceInfo, ModelInfo


@dataclass(frozen=True)
class Forecast:
    """A run's cost before its start; `problems` are sentences about what does not fit."""

    steps: int
    seconds: float
    peak_memory: int
    memory_available: int
    disk: int
    trainable_parameters: int
    total_parameters: int
    problems: tuple[str, ...] = ()
    nearest: Nearest | None = None  # where memory does not suffice: what would fit
    readable: bool = True  # whether any example fits into what the options let a run read


def forecast(
    info: ModelInfo,
    method: Method,
    options: Mapping[str, Any],
    lengths: Sequence[int],
    device: DeviceInfo,
    *,
    labels: int | None = None,
    validation: Sequence[int] = (),
    disk_free: int | None = None,
) -> Forecast:
    """Forecast the run of `options` (flat, as `options_for` makes them).

    `lengths` are the tokens of each training row, prompt and completion together; `labels` the
    tokens of all their completions, `validation` the lengths of the validation rows.
    """
    training, own = split(method, options)
    cost = Cost(info, method, training, own, device)
    rows = [cost.cut(n) for n in lengths] or [1]
    steps = batches.total_steps(
        len(rows), training.batch_size, training.gradient_accumulation, training.epochs
    )
    peak = cost.memory(max(rows))
    fits = None
    if device.free and peak > device.free:
        fits = _nearest(info, method, options, lengths, device)
    disk = 4 * size_of(cost.trainable)
    return Forecast(
        steps=steps,
        seconds=cost.seconds(rows, [cost.cut(n) for n in validation], steps, labels),
        peak_memory=peak,
        memory_available=device.free,
        disk=disk,
        trainable_parameters=cost.trainable,
        total_parameters=info.parameters + (0 if cost.whole else cost.trainable),
        problems=tuple(_problems(cost, peak, fits, disk, disk_free)),
        nearest=fits,
    )


def _nearest(
    info: ModelInfo,
    method: Method,
    options: Mapping[str, Any],
    lengths: Sequence[int],
    device: DeviceInfo,
) -> Nearest | None:
    """The least change with which the run fits into what is free; None where none does."""
    asked = asdict(split(method, options)[0])
    for other, changed, sentence in candidates(method, asked, info, device):
        training, own = split(other, {**options, **changed})
        cost = Cost(info, other, training, own, device)
        peak = cost.memory(max((cost.cut(n) for n in lengths), default=1))
        if peak <= device.free:
            return Nearest(other.name, changed, peak, sentence)
    return None


def _problems(
    cost: Cost, peak: int, fits: Nearest | None, disk: int, disk_free: int | None
) -> list[str]:
    """What does not fit, each with the way out."""
    found = []
    reason = cost.method.unavailable(cost.device, cost.info)
    if reason:
        found.append(reason)
    if cost.device.free and peak > cost.device.free:
        cure = (
            f"{bytes_of(fits.peak_memory)} would do with this change: {fits.sentence}"
            if fits
            else "A smaller model needs less."
        )
        found.append(
            f"This needs about {bytes_of(peak)} of memory, and "
            f"{bytes_of(cost.device.free)} are free. {cure}"
        )
    if disk_free is not None and disk + SPARE > disk_free:
        found.append(
            f"Checkpoints and adapter need {bytes_of(disk)} of disk, and "
            f"{bytes_of(disk_free)} are free. Free some room first."
        )
    return found
