"""Attention within a layer that is one step of the graph: from q, k and v beside one another to
what the heads see, and back.

Tokens that every row begins with (a soft prompt) are read once: under causal attention they do not
know of what follows them, so their keys and values are the same for every row. What the rows look
at them is summed for their gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from jobs.training import turning
from jobs.training.attention import Looked, look, look_back


class Spread(NamedTuple):
    """How the tokens of a batch are spread over its rows: `virtual` tokens that every row begins
    with, then those of `rows`, of which `places` says for each (int32) its place among rows times
    length, -1 where it has none; None where each place has its token."""

    rows: int
    virtual: int = 0
    places: Tensor | None = None


class Heads(NamedTuple):
    """`shared` heads of keys and values for `heads` of queries, each `size` wide."""

    size: int
    heads: int
    shared: int
    scale: float

    def forward(
        self, qkv: Tensor, turn: Tensor, rows: int, virtual: int
    ) -> tuple[Tensor, list[Any]]:
        """What is seen, [tokens, heads x size], and what `backward` needs.

        `qkv` is [virtual + rows x length, all numbers of a token], `turn` has a matrix for each of
        virtual + length places.
        """
        length = (len(qkv) - virtual) // rows
        q, k, v = self._turned(qkv[virtual:], turn[virtual:], rows)
        if not virtual:
            seen, p = look(q, k, v, self.scale, length)
            return turning.together(seen, rows, length), [q, k, v, p]
        first = self._turned(qkv[:virtual], turn[:virtual], 1)
        ahead, first_p = look(*first, self.scale, virtual)
        k, v = (
            torch.cat([side.repeat(rows, 1, 1), own], dim=1)
            for side, own in zip(first[1:], (k, v), strict=True)
        )
        seen, p = look(q, k, v, self.scale, length)
        parts = turning.together(ahead, 1, virtual), turning.together(seen, rows, length)
        return torch.cat(parts), [q, k, v, p, *first, first_p]

    def backward(
        self, grad: Tensor, looked: Sequence[Any], turn: Tensor, rows: int, virtual: int
    ) -> Tensor:
        """Gradient of `qkv` from that of what was seen."""
        length = (len(grad) - virtual) // rows
        of_q, of_k, of_v = self._back(grad[virtual:], (*looked[:4],), rows, length)
        if not virtual:
            return self._turned_back((of_q, of_k, of_v), turn, rows)
        first_q, *first = self._back(grad[:virtual], (*looked[4:],), 1, virtual)
        for mine, rest in zip(first, (of_k, of_v), strict=True):
            mine += rest[:, :virtual].unflatten(0, (rows, self.shared)).sum(0)
        own = of_q, of_k[:, virtual:].contiguous(), of_v[:, virtual:].contiguous()
        parts = (
            self._turned_back((first_q, first[0], first[1]), turn[:virtual], 1),
            self._turned_back(own, turn[virtual:], rows),
        )
        return torch.cat(parts)

    def _turned(self, qkv: Tensor, turn: Tensor, rows: int) -> tuple[Tensor, Tensor, Tensor]:
        apart = qkv.view(rows, len(turn), -1, self.size)
        return turning.turned(apart, turn, self.heads, self.shared)

    def _turned_back(self, grads: tuple[Tensor, Tensor, Tensor], turn: Tensor, rows: int) -> Tensor:
        return turning.turned_back(grads, turn, rows, self.heads, self.shared)

    def _back(
        self, grad: Tensor, looked: Looked, rows: int, length: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        of_seen = turning.by_head(grad, rows, length, self.shared, self.size)
        return look_back(of_seen, looked, self.scale, length)
