"""A decoder layer as one step of the graph, with compiled passes between its matrix products.

The same as `decoder_layer.py` does by torch's operations: there each operation reads and writes
all hidden states, here a pass does at once what lies between two products. It keeps less, too:
what a norm or the gate gives is made again on the way back, where its input is read anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from jobs.models.norms import epsilon
from jobs.training.compiled import Passes, told
from jobs.training.compiled.adapters import Adapters, Back, Beside, pointer
from jobs.training.compiled.heads import Seeing
from jobs.training.compiled.told import Pass
from jobs.training.heads import Heads, Spread
from jobs.training.projections import Group, Pair

QKV, OUT, INNER, DOWN = range(4)  # the groups of a layer; gate and up are the inner one


class CompiledLayer:
    """A layer for which there are compiled passes; `groups` are those of queries, keys and values;
    of the output; of gate and up; and of down."""

    def __init__(
        self,
        passes: Passes,
        groups: Sequence[Group],
        adapted: Sequence[Any],
        heads: Heads,
        norms: Sequence[Any],
    ) -> None:
        self.passes, self.heads, self.norms = passes, heads, norms
        hidden = norms[0].weight.shape[0]
        widths = hidden, heads.heads * heads.size, hidden, groups[INNER].outputs[0]
        self.adapters, at = [], 0
        for group, width in zip(groups, widths, strict=True):
            count = len(group.outputs)
            self.adapters.append(Adapters(group, width, adapted[at : at + count]))
            at += count
        self.products = [group.products for group in groups]

    def __call__(
        self, x: Tensor, turn: tuple[Tensor, Tensor], spread: Spread, learning: bool,
        adapters: Sequence[Tensor | None],
    ) -> Tensor:  # fmt: skip
        """See `decoder_layer.Layer`; adapters are None where there are virtual tokens."""
        cos, sin = (side[0].to(x.dtype).contiguous() for side in turn)
        x = x.contiguous()
        y: Tensor = _Compiled.apply(x, cos, sin, self, spread, learning, *adapters)
        return y

    def pairs(self, adapters: Sequence[Tensor | None]) -> list[list[Pair]]:
        """A and B of each group's layers."""
        flat = list(zip(adapters[::2], adapters[1::2], strict=True))
        found, at = [], 0
        for one in self.adapters:
            count = len(one.group.outputs)
            found.append(flat[at : at + count])
            at += count
        return found

    def product(self, group: int, x: Tensor, part: int = 0) -> Tensor:
        product = self.products[group][part]
        return nn.functional.linear(x, product.matrix, product.bias)

    def product_back(self, group: int, *grads: Tensor) -> Tensor:
        first, *others = zip(grads, self.products[group], strict=True)
        of_x = first[0] @ first[1].matrix
        for grad, product in others:
            of_x.addmm_(grad, product.matrix)
        return of_x

    def lows_back(
        self, x: Tensor, kept: Sequence[Any], adapters: Sequence[Tensor | None]
    ) -> tuple[list[told.Low], list[Back | None]]:
        """Of each group what passes are told on the way back, and the room for its gradients;
        `kept` are h and mask of each."""
        lows, backs = [], []
        for at, (one, mine) in enumerate(zip(self.adapters, self.pairs(adapters), strict=True)):
            beside = Beside(one.unfolded(self.passes, x, mine), *kept[2 * at : 2 * at + 2])
            backs.append(one.back(beside, mine))
            lows.append(one.low(beside, backs[-1]))
        return lows, backs

    def gated(self, gate: Tensor, up: Tensor, made: told.Low, read: told.Low) -> Tensor:
        """silu(gate) up, with the adapters of both added to them where they lie."""
        active = torch.empty_like(gate)
        places = gate.data_ptr(), up.data_ptr(), active.data_ptr()
        self.passes.take(Pass.GATED, gate, told.Gated(*gate.shape, *places, made, read))
        return active

    def gated_back(
        self, grad: Tensor, gate: Tensor, up: Tensor, read: told.Low, made: told.Low
    ) -> tuple[Tensor, Tensor]:
        """The gradients of gate and up from that of the layer's output."""
        if read.group:
            what = told.Leave(*grad.shape, grad.data_ptr(), read)
            self.passes.take(Pass.LEAVE, grad, what)
        of_active = self.product_back(DOWN, grad)
        of_gate, of_up = torch.empty_like(gate), torch.empty_like(up)
        sides = gate, up, of_active, of_gate, of_up
        places = (side.data_ptr() for side in sides)
        self.passes.take(Pass.GATED_BACK, grad, told.GatedBack(*gate.shape, *places, read, made))
        return of_gate, of_up

    def norm(self, which: int, x: Tensor, added: Tensor | None, made: Any, read: Any) -> Any:
        """The norm of x, after adapters and what is `added` went into it, and r of each token."""
        weight, normed = self.norms[which].weight, torch.empty_like(x)
        r = x.new_empty(len(x), dtype=torch.float32)
        what = told.Norm(
            *x.shape, epsilon(self.norms[which]), x.data_ptr(), pointer(added), weight.data_ptr(),
            normed.data_ptr(), r.data_ptr(), made, read,
        )  # fmt: skip
        self.passes.take(Pass.NORM, x, what)
        return normed, r

    def add(self, x: Tensor, added: Tensor, made: Any) -> None:
        """To `x` what its adapters make, and what is `added`."""
        what = told.Norm(
            *x.shape, 0.0, x.data_ptr(), added.data_ptr(), None, None, None, made, told.Low()
        )
        self.passes.take(Pass.NORM, x, what)

    def norm_back(
        self, which: int, kept: tuple[Tensor, Tensor], grad: Tensor | None, added: Tensor,
        read: Any, made: Any,
    ) -> Tensor | None:  # fmt: skip
        """The gradient of the norm's input, of which `kept` are x and r; None without `grad`."""
        x, r = kept
        of_x = None if grad is None else torch.empty_like(x)
        what = told.NormBack(
            *x.shape, x.data_ptr(), r.data_ptr(), self.norms[which].weight.data_ptr(),
            pointer(grad), added.data_ptr(), pointer(of_x), read, made,
        )  # fmt: skip
        self.passes.take(Pass.NORM_BACK, x, what)
        return of_x


class _Compiled(torch.autograd.Function):
    """See `decoder_layer._Layer`."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        cos: Tensor,
        sin: Tensor,
        layer: CompiledLayer,
        spread: Spread,
        learning: bool,
        *adapters: Tensor | None,
    ) -> Tensor:
        beside = [
            one.begin(layer.passes, x, mine, learning)
            for one, mine in zip(layer.adapters, layer.pairs(adapters), strict=True)
        ]
        lows = [one.low(mine) for one, mine in zip(layer.adapters, beside, strict=True)]
        read, r1 = layer.norm(0, x, None, told.Low(), lows[QKV])
        seeing = Seeing(layer.passes, layer.heads, (cos, sin), spread, len(x))
        mixed, looked = seeing.forward(layer.product(QKV, read), lows[QKV], lows[OUT])
        middle = layer.product(OUT, mixed)
        read, r2 = layer.norm(1, middle, x, lows[OUT], lows[INNER])
        gate, up = layer.product(INNER, read), layer.product(INNER, read, 1)
        y = layer.product(DOWN, layer.gated(gate, up, lows[INNER], lows[DOWN]))
        layer.add(y, middle, lows[DOWN])
        ctx.layer, ctx.spread, ctx.looked = layer, spread, len(looked)
        kept = [part for mine in beside for part in (mine.h, mine.mask)]
        seen = None if beside[OUT].h is None else mixed
        own = x, r1, middle, r2, gate, up, seen, cos, sin
        ctx.save_for_backward(*own, *kept, *looked, *adapters)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        layer: CompiledLayer = ctx.layer
        x, r1, middle, r2, gate, up, mixed, cos, sin, *rest = ctx.saved_tensors
        kept, looked = rest[:8], rest[8 : 8 + ctx.looked]
        lows, backs = layer.lows_back(x, kept, rest[8 + ctx.looked :])
        g = g.contiguous()
        of_inner = layer.gated_back(g, gate, up, lows[DOWN], lows[INNER])
        of_read = layer.product_back(INNER, *of_inner)
        del of_inner
        of_middle = layer.norm_back(1, (middle, r2), of_read, g, lows[INNER], lows[OUT])
        assert of_middle is not None
        seeing = Seeing(layer.passes, layer.heads, (cos, sin), ctx.spread, len(x))
        of_mixed = layer.product_back(OUT, of_middle)
        of_qkv = seeing.backward(of_mixed, mixed, looked, lows[QKV], lows[OUT])
        of_x = layer.product_back(QKV, of_qkv) if ctx.needs_input_grad[0] else None
        if of_x is not None or backs[QKV] is not None:
            of_x = layer.norm_back(0, (x, r1), of_x, of_middle, lows[QKV], told.Low())
        grads = [one.grads(back) for one, back in zip(layer.adapters, backs, strict=True)]
        return of_x, None, None, None, None, None, *(g for mine in grads for g in mine)
