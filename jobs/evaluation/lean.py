"""A model's small operations in fewer passes over memory, for answering only.

Norms and gated layers as transformers writes them make a new tensor at each sign of their formula.
For a prompt these are megabytes each, fresh from the system: on a processor half of the time of a
small model's prompts goes into them. Here the same sums are done in place.

A module is changed only where it has the shape that is known here *and* gives the same numbers for
a trial input, so that a model whose formula differs (a norm that adds one to its weight) keeps its
own. Only float32 on a processor: elsewhere the kernels of torch are as fast, and rounding differs.

(This module imports torch.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from jobs.models.norms import epsilon, may_be_rms, same

GATED = ("gate_proj", "up_proj", "down_proj")


@torch.inference_mode()
def lean(model: nn.Module) -> int:
    """Let the norms and gated layers of a model that only answers take the short way; how many."""
    changed = 0
    for module, short, width in [*_norms(model), *_gates(model)]:
        if same(module, short, width, torch.float32, rtol=1e-5, atol=1e-6):
            module.forward = short
            changed += 1
    return changed


def _norms(model: nn.Module) -> Iterator[tuple[Any, Callable[[Tensor], Tensor], int]]:
    """Each with its short way and the width of its input."""
    for module in model.modules():
        weight: Any = getattr(module, "weight", None)
        if may_be_rms(module) and _fits(weight):
            yield module, partial(_norm, weight, epsilon(module)), weight.shape[0]


def _gates(model: nn.Module) -> Iterator[tuple[Any, Callable[[Tensor], Tensor], int]]:
    for module in model.modules():
        parts = [getattr(module, name, None) for name in GATED]
        linear = [part for part in parts if isinstance(part, nn.Linear) and _fits(part.weight)]
        if len(linear) == len(GATED) and is_silu(getattr(module, "act_fn", None)):
            yield module, partial(_gated, module), linear[0].in_features


def _fits(weight: Tensor) -> bool:
    return weight.dtype == torch.float32 and weight.device.type == "cpu"


def is_silu(activation: Any) -> bool:
    """Whether an activation is x / (1 + e⁻ˣ)."""
    return isinstance(activation, nn.SiLU) or type(activation).__name__ == "SiLUActivation"


def _norm(weight: Tensor, floor: float, x: Tensor) -> Tensor:
    """w x / √(mean x² + ε) over the last dimension (Zhang and Sennrich 2019)."""
    length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    shrink = length.mul_(length).mul_(1 / x.shape[-1]).add_(floor).rsqrt_()
    return (x * shrink).mul_(weight)


def _gated(module: Any, x: Tensor) -> Tensor:
    """down(silu(gate x) · up x), the gate's output changed in place."""
    opened = silu(module.gate_proj(x), inplace=True).mul_(module.up_proj(x))
    found: Tensor = module.down_proj(opened)
    return found
