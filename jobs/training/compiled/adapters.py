"""The adapters of a group of layers, as compiled passes read them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from jobs.training import projections
from jobs.training.compiled import Passes, told
from jobs.training.compiled.told import Pass
from jobs.training.projections import Group, Pair


class Beside(NamedTuple):
    """The adapters of a group while a batch is read; all None where it has none."""

    matrices: Tensor | None = None
    h: Tensor | None = None
    mask: Tensor | None = None


class Adapters:
    """What is known of a group's adapters before any batch."""

    def __init__(self, group: Group, inputs: int, pairs: Sequence[Any]) -> None:
        self.group = group
        self.present = [i for i, (a, _) in enumerate(pairs) if a is not None]
        self.inputs = inputs
        self.ranks = sum(pairs[i][0].weight.shape[0] for i in self.present)
        self.size = self.ranks * told.whole_steps(inputs)
        blocks = (told.Block * told.LAYERS)()
        rank = 0
        for block, i in zip(blocks, self.present, strict=False):
            ranks, columns = pairs[i][0].weight.shape[0], group.outputs[i]
            column = sum(group.outputs[:i])
            block.rank, block.ranks, block.column, block.columns = rank, ranks, column, columns
            block.up = self.size
            rank += ranks
            self.size += ranks * told.whole_steps(columns)
        learning = group.scaling / (1 - group.dropout)
        self.known = [
            told.Group(inputs, self.ranks, len(self.present), self.size, scale, blocks)
            for scale in (group.scaling, learning)
        ]

    def begin(self, passes: Passes, x: Tensor, pairs: Sequence[Pair], learning: bool) -> Beside:
        """Before the group reads something like `x`: the room for h, and what dropout leaves."""
        if not self.ranks:
            return Beside()
        shape = (len(x), self.inputs)
        mask = None
        if learning and self.group.dropout:
            mask = projections.left(x.new_empty(shape), self.group.dropout)
        h = x.new_empty((len(x), self.ranks), dtype=torch.float32)
        return Beside(self.unfolded(passes, x, pairs), h, mask)

    def unfolded(self, passes: Passes, x: Tensor, pairs: Sequence[Pair]) -> Tensor | None:
        """All A and B as the passes read them."""
        if not self.ranks:
            return None
        matrices = x.new_empty(self.size, dtype=torch.float32)
        mine = [pairs[i] for i in self.present]
        sides = [[_contiguous(pair[side]) for pair in mine] for side in (0, 1)]
        what = told.Unfold(
            ctypes.pointer(self.known[0]), *map(_pointers, sides), matrices.data_ptr()
        )
        passes.take(Pass.UNFOLD, x, what)
        return matrices

    def low(self, beside: Beside, back: Back | None = None) -> told.Low:
        """What a pass is told; keeps alive what it points at."""
        if beside.h is None or beside.matrices is None:
            return told.Low()
        low = told.Low(
            ctypes.pointer(self.known[beside.mask is not None]),
            beside.matrices.data_ptr(),
            beside.h.data_ptr(),
            back and back.of_h.data_ptr(),
            pointer(beside.mask),
            *((_pointers(back.of_a), _pointers(back.of_b)) if back else ()),
        )
        low.alive = beside, back
        return low

    def back(self, beside: Beside, pairs: Sequence[Pair]) -> Back | None:
        """Room for the gradients."""
        if beside.h is None:
            return None
        mine = [pairs[i] for i in self.present]
        of_a, of_b = (
            [torch.empty_like(pair[side], memory_format=torch.contiguous_format) for pair in mine]  # type: ignore[arg-type]
            for side in (0, 1)
        )
        return Back(torch.empty_like(beside.h), of_a, of_b)

    def grads(self, back: Back | None) -> list[Tensor | None]:
        """Of A and B of each layer in turn."""
        found: list[Tensor | None] = [None] * (2 * len(self.group.outputs))
        for at, layer in enumerate(self.present):
            if back is not None:
                found[2 * layer], found[2 * layer + 1] = back.of_a[at], back.of_b[at]
        return found


class Back(NamedTuple):
    """Room for the gradients of h, A and B."""

    of_h: Tensor
    of_a: list[Tensor]
    of_b: list[Tensor]


def pointer(tensor: Tensor | None) -> int | None:
    return None if tensor is None else tensor.data_ptr()


def _pointers(tensors: Sequence[Tensor]) -> Any:
    return told.Pointers(*(tensor.data_ptr() for tensor in tensors))


def _contiguous(tensor: Tensor | None) -> Tensor:
    assert tensor is not None
    return tensor.contiguous()
