"""Frozen linear layers over one input, and their LoRA, as a few matrix products; no autograd.

With x the input, W the weights behind one another, A and B the adapters' matrices, s their scaling
and g the gradient of y:

    h = x Aᵀ,  y = x Wᵀ + s h Bᵀ;    dh = s g B,  dx = g W + dh A,  dA = dhᵀ x,  dB = s gᵀ h

The A of all layers stand in one matrix, and so do the B, each in columns of its own. A 4-bit
weight is unpacked for each of the two products and let go of at once. Dropout is in front of the
A: layers that read the same input leave out the same numbers of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from jobs.training import compiled
from jobs.training.compiled import told

Pair = tuple[Tensor | None, Tensor | None]  # A and B of one layer; None where it has no adapter


class Packed(NamedTuple):
    """4-bit weights behind one another, a scale in float32 for each block of them."""

    data: Tensor
    scales: Tensor
    blocksize: int
    kind: str
    shape: tuple[int, int]
    dtype: torch.dtype
    values: Tensor  # of the 16 codes, float32

    def unpack(self) -> Tensor:
        passes = compiled.passes_over(self.scales) if self.blocksize % 16 == 0 else None
        if passes is not None and self.dtype in (torch.bfloat16, torch.float32):
            made = torch.empty(self.shape, dtype=self.dtype)
            sides = self.data, self.scales, self.values, made
            places = (side.data_ptr() for side in sides)
            what = told.Unpack(made.numel() // self.blocksize, self.blocksize, *places)
            passes.take(told.Pass.UNPACK, made, what)
            return made
        weight: Tensor = torch.ops.bitsandbytes.dequantize_4bit.default(
            self.data, self.scales, self.blocksize, self.kind, self.shape, self.dtype
        )
        return weight


class Product:
    """One frozen matrix made of the weights of some layers, which from then on lie within it."""

    def __init__(self, layers: Sequence[Any]) -> None:
        weights = [layer.weight for layer in layers]
        self.packed: Packed | None = None
        if getattr(weights[0], "quant_state", None) is not None:
            self.packed = _stack_packed(weights)
        else:
            self.stacked = _stack([weight.data for weight in weights])
            _within(weights, self.stacked)
        biases = [layer.bias for layer in layers]
        self.bias = None if biases[0] is None else torch.cat([b.data for b in biases])

    @property
    def matrix(self) -> Tensor:
        """[outputs, inputs]"""
        return self.stacked if self.packed is None else self.packed.unpack()


def stackable(layers: Sequence[Any]) -> bool:
    """Whether a `Product` can be made of these: all alike in kind, dtype and bias."""
    if len({layer.bias is None for layer in layers}) != 1:
        return False
    states: list[Any] = [getattr(layer.weight, "quant_state", None) for layer in layers]
    if all(state is None for state in states):
        return len({(layer.weight.dtype, layer.weight.shape[1]) for layer in layers}) == 1
    if any(state is None for state in states):
        return False
    return (
        len({(s.blocksize, s.quant_type, s.dtype, s.shape[1]) for s in states}) == 1
        and all(s.shape.numel() % s.blocksize == 0 for s in states)
        and all(layer.weight.dtype == torch.uint8 for layer in layers)
        and all(layer.weight.shape[1] == 1 for layer in layers)
    )


def _stack(parts: Sequence[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(list(parts))


def _within(weights: Sequence[Any], whole: Tensor) -> None:
    """Let each weight be a view of its part of the whole, so that it is not kept twice."""
    start = 0
    for weight in weights:
        end = start + weight.shape[0]
        weight.data = whole[start:end]
        start = end


def _stack_packed(weights: Sequence[Any]) -> Packed:
    """Scales that were packed themselves are unpacked for good: 1/20 of a byte a weight more,
    where unpacking them each time takes a third as long as unpacking the weights.
    """
    from bitsandbytes.functional import dequantize_blockwise

    states = [weight.quant_state for weight in weights]
    for state in states:
        if state.nested:
            scales = dequantize_blockwise(state.absmax, state.state2) + state.offset
            state.absmax, state.nested = scales.float(), False
            state.state2 = state.offset = None
    data, scales = (
        _stack([weight.data for weight in weights]),
        _stack([state.absmax for state in states]),
    )
    _within(weights, data)
    start = 0
    for state in states:
        end = start + state.absmax.numel()
        state.absmax = scales[start:end]
        start = end
    first = states[0]
    shape = (sum(state.shape[0] for state in states), first.shape[1])
    kind = first.quant_type
    return Packed(data, scales, first.blocksize, kind, shape, first.dtype, _values(data, kind))


def _values(like: Tensor, kind: str) -> Tensor:
    """What each of the 16 codes stands for; asked of the library that packs."""
    codes = torch.arange(0, 256, 0x22, dtype=torch.uint8, device=like.device) + 1  # 0x01, 0x23, …
    one = torch.ones(1, device=like.device)
    values: Tensor = torch.ops.bitsandbytes.dequantize_4bit.default(
        codes, one, 64, kind, (16,), torch.float32
    )
    return values


class Low(NamedTuple):
    """What the adapters of a group have made of their input; None where there is none."""

    h: Tensor | None
    mask: Tensor | None  # see `left`; None where nothing was left out


class Group:
    """Layers that read the same input. `parts` are those whose outputs come in one matrix,
    `dropout` is the share of the input that adapters do not see while they learn."""

    def __init__(
        self,
        parts: Sequence[Sequence[Any]],
        outputs: Sequence[int],
        scaling: float,
        dropout: float,
    ):
        self.products = [Product(part) for part in parts]
        self.counts = [len(part) for part in parts]
        self.outputs = tuple(outputs)
        self.scaling, self.dropout = scaling, dropout

    def forward(
        self, x: Tensor, pairs: Sequence[Pair], learning: bool = False
    ) -> tuple[list[Tensor], Low]:
        """The output of each part for `x` of [tokens, inputs]; `learning` is with dropout."""
        low = self._low(x, pairs, learning)
        h, scale = low.h, self._scale(low)
        outputs = []
        for product, b, columns in self._parts(pairs):
            y = nn.functional.linear(x, product.matrix, product.bias)
            if h is not None and b is not None:
                y.addmm_(h[:, columns], b.t(), alpha=scale)
            outputs.append(y)
        return outputs, low

    def backward(
        self,
        grads: Sequence[Tensor],
        x: Tensor | None,
        low: Low,
        pairs: Sequence[Pair],
        wanted: bool = True,
    ) -> tuple[Any, list[Tensor | None]]:
        """Gradient of x (None where it is not wanted), and of A and B of each layer in turn.

        `x` and `low` are those of `forward`, which adapters alone need.
        """
        h, scale, of_x = low.h, self._scale(low), None
        of_h, of_b = [], []
        scaled = None if h is None else h * scale
        for g, (product, b, columns) in zip(grads, self._parts(pairs), strict=True):
            if scaled is not None and b is not None:
                of_h.append(g @ b)
                of_b.append(scaled[:, columns].t() @ g)
            if wanted:
                weight = product.matrix
                of_x = g @ weight if of_x is None else of_x.addmm_(g, weight)
        down = _down(pairs)
        if h is None or x is None or down is None:
            return of_x, [None] * (2 * len(pairs))
        of_down = _stack_columns(of_h).mul_(scale)
        if of_x is not None and low.mask is None:
            of_x.addmm_(of_down, down)
        elif of_x is not None:
            of_x.add_(_dropped(of_down @ down, low.mask))
        of_a = of_down.t() @ _dropped(x, low.mask)
        return of_x, self._apart(of_a, of_b, pairs)

    def _low(self, x: Tensor, pairs: Sequence[Pair], learning: bool) -> Low:
        down, mask = _down(pairs), None
        if down is None:
            return Low(None, None)
        if learning and self.dropout:
            mask = left(x, self.dropout)
        return Low(_dropped(x, mask) @ down.t(), mask)

    def _scale(self, low: Low) -> float:
        """Of the adapters' products; dropout's own factor, 1 / (1 - share), is in it."""
        return self.scaling if low.mask is None else self.scaling / (1 - self.dropout)

    def _parts(self, pairs: Sequence[Pair]) -> list[tuple[Product, Tensor | None, slice]]:
        """Of each part its product, its B (those of its layers in columns of their own), and
        which columns of h it reads."""
        found, layer, column = [], 0, 0
        for product, count in zip(self.products, self.counts, strict=True):
            mine = pairs[layer : layer + count]
            outputs = self.outputs[layer : layer + count]
            b = _beside(mine, outputs)
            end = column + (0 if b is None else b.shape[1])
            found.append((product, b, slice(column, end)))
            layer, column = layer + count, end
        return found

    def _apart(
        self, of_a: Tensor, of_b: Sequence[Tensor], pairs: Sequence[Pair]
    ) -> list[Tensor | None]:
        """The gradients of all A and B, [rank, inputs] and [outputs, rank], of each layer."""
        grads: list[Tensor | None] = []
        layer, row, waiting = 0, 0, list(of_b)
        for count in self.counts:
            mine = pairs[layer : layer + count]
            whole = waiting.pop(0) if any(a is not None for a, _ in mine) else None
            rank_row, column = 0, 0
            for (a, _), outputs in zip(mine, self.outputs[layer : layer + count], strict=True):
                if a is None or whole is None:
                    grads += [None, None]
                else:
                    rank = a.shape[0]
                    block = whole[rank_row : rank_row + rank, column : column + outputs]
                    grads += [of_a[row : row + rank], block.t()]
                    row, rank_row = row + rank, rank_row + rank
                column += outputs
            layer += count
        return grads


def left(x: Tensor, share: float) -> Tensor:
    """1 for what dropout leaves of `x`, and 0 with the chance `share`, to 1/65,536.

    Drawn four at a time: torch's own dropout draws each by itself, which takes five times as long.
    """
    words = torch.empty(-(-x.numel() // 4), dtype=torch.int64, device=x.device)
    drawn = words.random_(-(2**63), None).view(torch.int16)[: x.numel()]
    return (drawn >= round(share * 2**16) - 2**15).to(x.dtype).view(x.shape)


def _dropped(x: Tensor, mask: Tensor | None) -> Tensor:
    return x if mask is None else x * mask


def _down(pairs: Sequence[Pair]) -> Tensor | None:
    """All A behind one another, [ranks, inputs]."""
    present = [a for a, _ in pairs if a is not None]
    return _stack(present) if present else None


def _beside(pairs: Sequence[Pair], outputs: Sequence[int]) -> Tensor | None:
    """All B of one product, [outputs, ranks], each in rows and columns of its own."""
    present = [b for _, b in pairs if b is not None]
    if not present:
        return None
    if len(pairs) == 1:
        return present[0]
    whole = present[0].new_zeros((sum(outputs), sum(b.shape[1] for b in present)))
    row = column = 0
    for (_, b), count in zip(pairs, outputs, strict=True):
        if b is not None:
            whole[row : row + count, column : column + b.shape[1]] = b
            column += b.shape[1]
        row += count
    return whole


def _stack_columns(parts: Sequence[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(list(parts), dim=1)
