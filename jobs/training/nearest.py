"""What to change so that a run fits, the least change first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jobs.methods import method as find_method
from jobs.methods.method import Adapting, Method
from jobs.types import DeviceInfo, ModelInfo

SHORTEST = 128  # tokens; below, hardly a prompt is left whole


@dataclass(frozen=True)
class Nearest:
    """A configuration that fits: `options` are those that differ from what was asked for."""

    method: str
    options: Mapping[str, Any]
    peak_memory: int
    sentence: str  # what changes, and at what cost


def candidates(
    method: Method, options: Mapping[str, Any], info: ModelInfo, device: DeviceInfo
) -> Iterator[tuple[Method, dict[str, Any], str]]:
    """(method, changed options, sentence), by how little changes.

    First smaller batches that make the same step together, which learn the same; then, for a whole
    model, small matrices beside it; then a base in 4 bits, which costs a little exactness; then
    shorter examples, which lose a part of their prompts.
    """
    batch, steps = int(options["batch_size"]), int(options["gradient_accumulation"])
    smaller: dict[str, Any] = {}
    while batch > 1 and batch % 2 == 0:
        batch, steps = batch // 2, steps * 2
        smaller = {"batch_size": batch, "gradient_accumulation": steps}
        yield method, smaller, f"Batches of {batch}, {steps} to a step: learns the same."
    if batch > 1:  # an odd one: its rows one at a time
        smaller = {"batch_size": 1, "gradient_accumulation": batch * steps}
        yield method, smaller, f"Batches of 1, {batch * steps} to a step: learns the same."
    if not isinstance(method, Adapting):
        yield (
            find_method("lora"),
            smaller,
            "LoRA: trains small matrices beside the model's weights, which stay as they are.",
        )
    packed = find_method("qlora")
    if method.name in ("full", "lora") and packed.unavailable(device, info) is None:
        yield packed, {}, "QLoRA: the same over a base packed into 4 bits, a little less exact."
        if smaller:
            yield packed, smaller, "QLoRA with batches of 1: the base in 4 bits, a little slower."
    length = int(options["max_length"])
    while length // 2 >= SHORTEST:
        length //= 2
        shorter = {**smaller, "max_length": length}
        yield (
            method,
            shorter,
            f"Examples of at most {length:,} tokens: longer prompts are shortened.",
        )
