"""A linear layer and its LoRA as one step of the graph.

PEFT writes y = x Wᵀ + s (x Aᵀ) Bᵀ as separate operations: on small batches a third of the time
goes into multiplying by s and into adding the parts, forwards and backwards. Here the parts are
added inside the matrix products. With h = x Aᵀ and g the gradient of y:

    dB = s gᵀ h,   dh = s g B,   dA = dhᵀ x,   dx = g W + dh A

A 4-bit weight is unpacked for each of the two products and let go of at once.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn


def fuse(model: nn.Module) -> int:
    """Let every plain LoRA layer of a PEFT model take this way; how many do.

    A layer with anything out of the ordinary (DoRA, several adapters, a bias in the adapter, a
    base of another kind) keeps PEFT's own forward.
    """
    from peft.tuners.lora import LoraLayer

    count = 0
    for layer in model.modules():
        if isinstance(layer, LoraLayer) and _plain(layer):
            layer.forward = partial(_forward, layer)
            count += 1
    return count


def _plain(layer: Any) -> bool:
    from bitsandbytes.nn import Linear4bit

    active = layer.active_adapters
    if len(active) != 1 or active[0] not in layer.lora_A:
        return False
    name = active[0]
    base = layer.get_base_layer()
    return (
        type(base) in (nn.Linear, Linear4bit)
        and not base.weight.requires_grad
        and type(layer.lora_A[name]) is type(layer.lora_B[name]) is nn.Linear
        and layer.lora_B[name].bias is None
        and name not in layer.lora_variant
        and not layer.merged
        and not getattr(layer, "fan_in_fan_out", False)
    )


def _forward(layer: Any, x: Tensor) -> Tensor:
    """What the layer's own forward gives, for `x` of [..., inputs]."""
    name = layer.active_adapters[0]
    base, a, b = layer.base_layer, layer.lora_A[name].weight, layer.lora_B[name].weight
    if layer.disable_adapters or not x.dtype == a.dtype == _dtype(base):
        return type(layer).forward(layer, x)
    dropout = layer.lora_dropout[name]
    dropped = None if isinstance(dropout, nn.Identity) or not layer.training else dropout(x)
    return _LowRank.apply(x, dropped, a, b, base, layer.scaling[name])


def _dtype(base: Any) -> torch.dtype:
    state = getattr(base.weight, "quant_state", None)
    return base.weight.dtype if state is None else state.dtype


def _weight(base: Any) -> Tensor:
    """The frozen weight, [outputs, inputs]; unpacked if it is packed."""
    state = getattr(base.weight, "quant_state", None)
    if state is None:
        return base.weight
    from bitsandbytes.functional import dequantize_4bit

    return dequantize_4bit(base.weight.data.view(-1, 1), state)


def frozen(layer: Any) -> bool:
    """Whether it is a plain linear layer that is not trained, or one with a plain LoRA beside
    it, with or without dropout."""
    from bitsandbytes.nn import Linear4bit
    from peft.tuners.lora import LoraLayer

    if not isinstance(layer, LoraLayer):
        return type(layer) in (nn.Linear, Linear4bit) and not layer.weight.requires_grad
    return _plain(layer) and type(layer.lora_dropout[_active(layer)]) in (nn.Identity, nn.Dropout)


def base_of(layer: Any) -> Any:
    """The linear layer itself."""
    return getattr(layer, "base_layer", layer)


def matrices(layer: Any) -> tuple[Any, Any]:
    """The modules that hold A and B; None where there is no LoRA."""
    if not hasattr(layer, "lora_A"):
        return None, None
    return layer.lora_A[_active(layer)], layer.lora_B[_active(layer)]


def scaling_of(layer: Any) -> float | None:
    """What the adapter's product is multiplied by; None where there is no LoRA."""
    return float(layer.scaling[_active(layer)]) if hasattr(layer, "lora_A") else None


def dropout_of(layer: Any) -> float | None:
    """The share of its input that the adapter does not see in train mode; None without LoRA."""
    if not hasattr(layer, "lora_A"):
        return None
    dropout = layer.lora_dropout[_active(layer)]
    return 0.0 if isinstance(dropout, nn.Identity) else float(dropout.p)


def switched_off(layer: Any) -> bool:
    """Whether a LoRA is there and not to be used."""
    return bool(getattr(layer, "disable_adapters", False))


def _active(layer: Any) -> str:
    name: str = layer.active_adapters[0]
    return name


class _LowRank(torch.autograd.Function):
    """`dropped` is what the adapter reads where that is not `x` itself."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, dropped: Tensor | None, a: Tensor, b: Tensor, base: Any, scaling: float
    ) -> Tensor:
        flat = x.reshape(-1, x.shape[-1])
        read = flat if dropped is None else dropped.reshape(flat.shape)
        y = nn.functional.linear(flat, _weight(base), base.bias)
        h = read @ a.t()
        y.addmm_(h, b.t(), alpha=scaling)
        ctx.base, ctx.scaling, ctx.shape, ctx.apart = base, scaling, x.shape, dropped is not None
        ctx.save_for_backward(read, h, a, b)
        return y.view(*x.shape[:-1], y.shape[-1])

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        read, h, a, b = ctx.saved_tensors
        g = grad.reshape(-1, grad.shape[-1])
        of_h = (g @ b).mul_(ctx.scaling)
        of_a = of_h.t() @ read
        of_b = (g.t() @ h).mul_(ctx.scaling)
        of_x = of_dropped = None
        if ctx.needs_input_grad[0]:
            of_x = g @ _weight(ctx.base)
            if not ctx.apart:
                of_x.addmm_(of_h, a)
            of_x = of_x.view(ctx.shape)
        if ctx.needs_input_grad[1]:
            of_dropped = (of_h @ a).view(ctx.shape)
        return of_x, of_dropped, of_a, of_b, None, None
