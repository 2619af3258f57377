"""RMS norms with frozen weights as one step of the graph, on a processor.

A model's own norm is six operations over all hidden states forwards and twice as many backwards,
and keeps two copies of its input in float32. Here only the input itself and one number a token are
kept. With r = 1 / sqrt(mean(x²) + ε), x̂ = r x and g the gradient of y = w x̂:

    dx = r (w g - x̂ mean(w g x̂))
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn


def fuse(model: nn.Module) -> int:
    """Let every norm that is such a one take this way; how many do.

    Found by asking: a module with one frozen weight whose answers to random numbers are the same
    to the bit. Norms that add 1 to their weight, take a mean or stand on a GPU stay as they are.
    """
    count = 0
    for module in model.modules():
        if _plain(module):
            module.forward = partial(_forward, module)
            count += 1
    return count


def _plain(module: Any) -> bool:
    weight = getattr(module, "weight", None)
    if (
        not isinstance(weight, Tensor)
        or weight.dim() != 1
        or weight.requires_grad
        or weight.device.type != "cpu"
        or getattr(module, "bias", None) is not None
        or _epsilon(module) is None
    ):
        return False
    chance = torch.Generator().manual_seed(0)
    x = torch.randn((3, weight.shape[0]), generator=chance).to(weight.dtype)
    with torch.no_grad():
        return torch.equal(module(x), _forward(module, x))


def _epsilon(module: Any) -> float | None:
    for name in ("variance_epsilon", "eps"):
        value = getattr(module, name, None)
        if isinstance(value, float):
            return value
    return None


def _forward(module: Any, x: Tensor) -> Tensor:
    if x.dtype != module.weight.dtype:
        return type(module).forward(module, x)
    return _Norm.apply(x, module.weight, _epsilon(module))


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
        whole = x.to(torch.float32, copy=True)
        r = whole.pow(2).mean(-1, keepdim=True).add_(epsilon).rsqrt_()
        ctx.save_for_backward(x, weight, r)
        return whole.mul_(r).to(x.dtype).mul(weight)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        x, weight, r = ctx.saved_tensors
        of_x = grad.to(torch.float32, copy=True).mul_(weight.float())
        normed = x.to(torch.float32, copy=True).mul_(r)
        along = torch.linalg.vecdot(of_x, normed).unsqueeze(-1).div_(-x.shape[-1])
        return of_x.addcmul_(normed, along).mul_(r).to(x.dtype), None, None
