"""RMS norms in a model of any make: found by their shape, believed after a trial.

(This module imports torch.)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

EPSILONS = ("variance_epsilon", "eps")
TRIAL = 7  # rows that a module is tried with


def may_be_rms(module: Any) -> bool:
    """Whether a module on a processor has the shape of w x / √(mean x² + ε).

    It has one weight, no bias and an ε, and takes nothing but x: a gated norm takes its gate as
    well. Whether the formula is its own (Gemma adds one to the weight) is for `same` to find out.
    """
    weight = getattr(module, "weight", None)
    return (
        isinstance(weight, Tensor)
        and weight.dim() == 1
        and weight.device.type == "cpu"
        and getattr(module, "bias", None) is None
        and any(isinstance(getattr(module, name, None), float) for name in EPSILONS)
        and len(inspect.signature(module.forward).parameters) == 1
    )


def epsilon(module: Any) -> float:
    """The ε of a module that has one."""
    return next(
        value for name in EPSILONS if isinstance(value := getattr(module, name, None), float)
    )


@torch.no_grad()
def same(
    module: nn.Module,
    other: Callable[[Tensor], Tensor],
    width: int,
    dtype: torch.dtype,
    *,
    rtol: float = 0.0,
    atol: float = 0.0,
) -> bool:
    """Whether both give one answer to a trial input, rows x width; without tolerances to the bit.

    It is drawn from a generator of its own, so that nobody's random numbers are used up.
    """
    chance = torch.Generator().manual_seed(0)
    trial = torch.randn((1, TRIAL, width), generator=chance).to(dtype)
    return torch.allclose(module(trial), other(trial), rtol=rtol, atol=atol)
