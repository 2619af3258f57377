"""RMS norms with frozen weights as one step of the graph, on a processor.

A model's own norm is six operations over all hidden states forwards and twice as many backwards,
and keeps two copies of its input in float32. Here only the input itself and one number a token are
kept. With r = 1 / sqrt(mean(x²) + ε), x̂ = r x and g the gradient of y = w x̂:

    dx = r (w g - x̂ mean(w g x̂)) = r w g - x r³ mean(w g x)
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from jobs.models.norms import epsilon, may_be_rms, same


def fuse(model: nn.Module) -> int:
    """Let every norm that is such a one take this way; how many do.

    Its weight is frozen, and its answers to random numbers are the same to the bit. Norms that
    add 1 to their weight, take a mean or stand on a GPU stay as they are.
    """
    count = 0
    for module in model.modules():
        if plain(module):
            module.forward = partial(_forward, module)
            count += 1
    return count


def plain(module: Any) -> bool:
    """Whether it is such a norm, with a frozen weight."""
    if not may_be_rms(module) or module.weight.requires_grad:
        return False
    return same(module, partial(_forward, module), module.weight.shape[0], module.weight.dtype)


def _forward(module: Any, x: Tensor) -> Tensor:
    if x.dtype != module.weight.dtype:
        return type(module).forward(module, x)
    return _Norm.apply(x, module)


def normed(x: Tensor, module: Any) -> tuple[Tensor, Tensor]:
    """What the norm gives for `x` of [..., width], and r, [..., 1] in float32, for the way back."""
    whole = x.to(torch.float32, copy=True)
    r = whole.square().mean(-1, keepdim=True).add_(epsilon(module)).rsqrt_()
    y = whole.mul_(r).to(x.dtype)
    return y.mul_(module.weight), r


def backward(grad: Tensor, x: Tensor, r: Tensor, weight: Tensor) -> Tensor:
    """Gradient of `x` from that of y."""
    of_x = grad.to(torch.float32, copy=True).mul_(weight.float())
    whole = x.float()
    along = torch.linalg.vecdot(of_x, whole).unsqueeze(-1).mul_(r.pow(3)).div_(-x.shape[-1])
    return of_x.mul_(r).addcmul_(whole, along).to(x.dtype)


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, module: Any) -> Tensor:
        y, r = normed(x, module)
        ctx.save_for_backward(x, module.weight, r)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        x, weight, r = ctx.saved_tensors
        return backward(grad, x, r, weight), None
