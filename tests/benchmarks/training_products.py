"""The matrix products of a training run, written down as it runs and taken again by themselves."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten
PRODUCTS = (aten.mm, aten.addmm, aten.addmm_, aten.bmm, aten.baddbmm, aten.baddbmm_)
POOL = 64 * 2**20  # bytes of tensors of one kind, so that each comes from memory as weights do


class Operand(NamedTuple):
    """How a tensor lies in memory."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype

    def make(self) -> Tensor:
        return torch.empty_strided(self.shape, self.stride, dtype=self.dtype).fill_(0.01)

    def pool(self) -> Iterator[Tensor]:
        first = self.make()
        size = max(1, first.nelement() * first.element_size())
        return cycle([first, *(self.make() for _ in range(min(32, POOL // size) - 1))])


Product = tuple[Callable[..., Tensor], tuple[Operand, ...]]


class Recorder(TorchDispatchMode):
    """Counts the products that are asked for while it is on."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[Product] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.overloadpacket in PRODUCTS:
            operands = tuple(
                Operand(tuple(a.shape), a.stride(), a.dtype) for a in args if isinstance(a, Tensor)
            )
            # One that writes into a tensor of its own, too, is asked for without it later.
            self.seen[func.overloadpacket, operands] += 1
        return func(*args, **(kwargs or {}))


def alone(seen: Counter[Product]) -> float:
    """Seconds that these products take one after another, with nothing between them."""
    pools = {operand: operand.pool() for _, operands in seen for operand in operands}
    total = 0.0
    for (product, operands), count in seen.items():
        product(*(next(pools[operand]) for operand in operands))  # compiled before it is timed
        began = time.monotonic()
        for _ in range(count):
            product(*(next(pools[operand]) for operand in operands))
        total += time.monotonic() - began
    return total
