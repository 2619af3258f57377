"""Rotary positions as a matrix product, and the layouts of queries, keys and values around it.

Turning a query of a place is a product with one matrix of that place: with c and s the cosines and
sines of a place (halves alike) and P what exchanges the halves and negates one, q c + (q P) s =
q (diag c + P diag s). On a processor one batched product over all places takes a third of the time
of the four passes over halves of heads that the formula asks for, and rounds once.
"""

from __future__ import annotations

import torch
from torch import Tensor


class Turns:
    """The matrices of the last cosines that were asked about: all layers of a pass ask alike."""

    def __init__(self) -> None:
        self._cos: Tensor | None = None
        self._made: Tensor | None = None

    def of(self, cos: Tensor, sin: Tensor) -> Tensor:
        """[length, size, size] for cosines and sines of [1, length, size]."""
        if self._made is None or self._cos is not cos:
            self._cos, self._made = cos, _matrices(cos[0], sin[0])
        return self._made

    def forget(self) -> None:
        self._cos = self._made = None


def _matrices(cos: Tensor, sin: Tensor) -> Tensor:
    half = cos.shape[-1] // 2
    matrices = torch.diag_embed(cos)
    # Column j < half takes -s times number j + half; column j + half takes s times number j.
    matrices.diagonal(-half, 1, 2).copy_(-sin[:, :half])
    matrices.diagonal(half, 1, 2).copy_(sin[:, half:])
    return matrices


def turned(qkv: Tensor, turn: Tensor, heads: int, shared: int) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values as attention takes them, from [rows, length, heads of all, size].

    Queries come as [rows x shared, heads / shared x length, size], the others as
    [rows x shared, length, size]. None is a view of `qkv`, which would be kept for it as a whole.
    """
    rows, length, _, size = qkv.shape
    both = heads + shared
    placed = qkv[:, :, :both].transpose(0, 1).reshape(length, rows * both, size)
    placed = torch.bmm(placed, turn).view(length, rows, both, size)
    q = placed[:, :, :heads].permute(1, 2, 0, 3).reshape(rows * shared, -1, size)
    k = placed[:, :, heads:].permute(1, 2, 0, 3).contiguous().view(rows * shared, length, size)
    v = qkv[:, :, both:].transpose(1, 2).contiguous().view(rows * shared, length, size)
    return q, k, v


def turned_back(
    grads: tuple[Tensor, Tensor, Tensor], turn: Tensor, rows: int, heads: int, shared: int
) -> Tensor:
    """Gradient of `turned`'s first argument, as [tokens, all numbers of a token]."""
    length, size, _ = turn.shape
    both = heads + shared
    of_q, of_k, of_v = grads
    placed = of_q.new_empty((length, rows, both, size))
    placed[:, :, :heads] = of_q.view(rows, heads, length, size).permute(2, 0, 1, 3)
    placed[:, :, heads:] = of_k.view(rows, shared, length, size).permute(2, 0, 1, 3)
    back = torch.bmm(placed.view(length, rows * both, size), turn.transpose(1, 2))
    whole = of_q.new_empty((rows, length, both + shared, size))
    whole[:, :, :both] = back.view(length, rows, both, size).transpose(0, 1)
    whole[:, :, both:] = of_v.view(rows, shared, length, size).transpose(1, 2)
    return whole.view(rows * length, -1)


def together(seen: Tensor, rows: int, length: int) -> Tensor:
    """What all heads have seen beside one another, [tokens, heads x size]."""
    by_head = seen.view(rows, -1, length, seen.shape[-1])
    return by_head.transpose(1, 2).reshape(rows * length, -1)


def by_head(grad: Tensor, rows: int, length: int, shared: int, size: int) -> Tensor:
    """The gradient of what `together` was given."""
    heads = grad.view(rows, length, -1, size).transpose(1, 2)
    return heads.reshape(rows * shared, -1, size)
