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

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

TRIAL = 7  # rows that a changed module is tried with


@torch.inference_mode()
def lean(model: nn.Module) -> int:
    """Let the norms and gated layers of a model that only answers take the short way; how many."""
    changed = 0
    for module in model.modules():
        found = _short_way(module)
        if found is not None and _same(module, *found):
            module.forward = found[0]
            changed += 1
    return changed


def _short_way(module: Any) -> tuple[Callable[[Tensor], Tensor], int] | None:
    """What would compute the module in fewer passes, and how wide its input is."""
    weight = getattr(module, "weight", None)
    if type(module).__name__.endswith("RMSNorm") and hasattr(module, "variance_epsilon"):
        if isinstance(weight, Tensor) and _fits(weight):
            return partial(_norm, weight, module.variance_epsilon), weight.shape[0]
        return None
    names = ("gate_proj", "up_proj", "down_proj")
    parts = [getattr(module, name, None) for name in names]
    linear = [part for part in parts if isinstance(part, nn.Linear) and _fits(part.weight)]
    if len(linear) == len(names) and _is_silu(getattr(module, "act_fn", None)):
        return partial(_gated, module), linear[0].in_features
    return None


def _fits(weight: Tensor) -> bool:
    return weight.dtype == torch.float32 and weight.device.type == "cpu"


def _is_silu(activation: Any) -> bool:
    return isinstance(activation, nn.SiLU) or type(activation).__name__ == "SiLUActivation"


def _same(module: nn.Module, short: Callable[[Tensor], Tensor], width: int) -> bool:
    """Whether both ways give one answer to a trial input."""
    trial = torch.sin(torch.arange(TRIAL * width, dtype=torch.float32)).view(1, TRIAL, width)
    return torch.allclose(module(trial), short(trial), rtol=1e-5, atol=1e-6)


def _norm(weight: Tensor, epsilon: float, x: Tensor) -> Tensor:
    """w x / √(mean x² + ε) over the last dimension (Zhang and Sennrich 2019)."""
    length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    shrink = length.mul_(length).mul_(1 / x.shape[-1]).add_(epsilon).rsqrt_()
    return (x * shrink).mul_(weight)


def _gated(module: Any, x: Tensor) -> Tensor:
    """down(silu(gate x) · up x), the gate's output changed in place."""
    opened = silu(module.gate_proj(x), inplace=True).mul_(module.up_proj(x))
    found: Tensor = module.down_proj(opened)
    return found
