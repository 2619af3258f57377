"""Attention of rows that all begin with the same tokens, whose keys and values are kept once.

A soft prompt and a prefix stand before every prompt of their variant. Under causal attention they
do not know what follows them, so that their keys and values are the same for every row: one copy
does, which one matrix product a head looks at for all rows, in place of a hundred columns of cache
that every row would read anew at every token.

(This module imports torch.)
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Ahead(NamedTuple):
    """Rows `start` to `end` of a batch begin with `known`: layers x 2 x heads x tokens x size."""

    start: int
    end: int
    known: Tensor


def look(
    query: Tensor, own: tuple[Tensor, Tensor], mask: Tensor | None, known: Tensor, scale: float
) -> Tensor:
    """What each token sees of `known`, keys and values of one layer, and of its row's `own`.

    `query` is [rows, heads, tokens, size], `own` keys and values of [rows, shared heads, columns,
    size] whose last columns are these tokens; `mask` says which they may look at, [rows, 1, tokens,
    columns]; without one, all up to themselves. Gives [rows, tokens, heads x size].
    """
    rows, heads, tokens, size = query.shape
    keys, values = own
    shared, columns = keys.shape[1:3]
    together = heads // shared * tokens  # queries of all heads that share a key
    q = query.reshape(rows, shared, together, size)
    ahead = torch.bmm(_by_head(q), known[0].transpose(1, 2))
    scores = torch.empty(
        (rows, shared, together, known.shape[2] + columns), dtype=q.dtype, device=q.device
    )
    before, here = scores.split((known.shape[2], columns), dim=-1)
    before.copy_(_by_row(ahead, rows))
    flat = q.reshape(rows * shared, together, size)
    look_at = torch.bmm(flat, keys.reshape(rows * shared, columns, size).transpose(1, 2))
    here.copy_(look_at.view(rows, shared, together, columns))
    hidden = _hidden(mask, tokens, columns, q)
    if hidden is not None:
        grouped = here.view(rows, shared, heads // shared, tokens, columns)
        grouped.masked_fill_(hidden, -torch.inf)
    shares = torch.softmax(scores.mul_(scale), dim=-1)
    before, here = shares.split((known.shape[2], columns), dim=-1)
    seen = torch.bmm(
        here.reshape(rows * shared, together, columns), values.reshape(rows * shared, columns, size)
    ).view(q.shape)
    seen += _by_row(torch.bmm(_by_head(before), known[1]), rows)
    return seen.view(rows, heads, tokens, size).transpose(1, 2).reshape(rows, tokens, -1)


def _hidden(mask: Tensor | None, tokens: int, columns: int, like: Tensor) -> Tensor | None:
    """What may not be looked at, to fit [rows, shared heads, heads of each, tokens, columns]."""
    if mask is not None:
        return ~mask[:, :, None] if mask.dtype == torch.bool else (mask < 0)[:, :, None]
    if tokens == 1:
        return None
    every = torch.ones((tokens, columns), dtype=torch.bool, device=like.device)
    return every.triu_(1 + columns - tokens)


def _by_head(x: Tensor) -> Tensor:
    """[rows, heads, queries, n] as [heads, rows x queries, n]."""
    return x.transpose(0, 1).reshape(x.shape[1], -1, x.shape[3])


def _by_row(x: Tensor, rows: int) -> Tensor:
    """What `_by_head` gave, back again."""
    return x.view(x.shape[0], rows, -1, x.shape[2]).transpose(0, 1)
