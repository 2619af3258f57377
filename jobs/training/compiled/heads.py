"""Attention of a layer by compiled passes: from q, k and v beside one another to what the heads
see, and back; `jobs/training/heads.py` says what tokens that every row begins with are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from jobs.training.compiled import Passes, told
from jobs.training.compiled.adapters import pointer
from jobs.training.compiled.told import Pass
from jobs.training.heads import Heads, Spread

LONGEST = 2048  # tokens; up to here faster than torch's kernel (tests/benchmarks/README.md)
# Weights that are made at once, so that memory does not grow with the square of the length.
AT_ONCE = 2**22
Looked = tuple[Tensor, Tensor, Tensor, Tensor | None]  # q, k, v and the weights


class Part(NamedTuple):
    """Rows of one length: the tokens of `first` and following, and where among the places of these
    rows each token is; None where each place has one."""

    first: int
    tokens: int
    rows: int
    length: int
    places: Tensor | None = None

    @property
    def own(self) -> slice:
        return slice(self.first, self.first + self.tokens)


class Seeing:
    """Attention over one batch: `virtual` tokens that every row begins with, then the rows."""

    def __init__(
        self, passes: Passes, heads: Heads, turn: tuple[Tensor, Tensor], spread: Spread, tokens: int
    ) -> None:
        self.passes, self.heads, self.turn = passes, heads, turn
        rows, virtual, places = spread
        whole = Part(virtual, tokens - virtual, rows, len(turn[0]) - virtual, places)
        self.parts = [Part(0, virtual, 1, virtual), whole] if virtual else [whole]

    def forward(
        self, qkv: Tensor, made: told.Low, read: told.Low
    ) -> tuple[Tensor, list[Tensor | None]]:
        """What is seen, [tokens, heads x size], and what `backward` needs: a `Looked` a part."""
        mixed = qkv.new_empty((len(qkv), self.heads.heads * self.heads.size))
        looked: list[Any] = []
        for part in self.parts:
            q, k, v = self._turned(qkv, part, looked[1:3], made)
            seen, p = self._look(q, k, v, part)
            self._mix(Pass.MIX, part, seen, mixed, None, read)
            looked += [q, k, v, p]
        return mixed, looked

    def backward(
        self, of_mixed: Tensor, mixed: Tensor | None, looked: Sequence[Any], made: told.Low,
        read: told.Low,
    ) -> Tensor:  # fmt: skip
        """Gradient of `qkv` from that of what is seen, without adapters that read it."""
        heads = self.heads
        of_qkv = of_mixed.new_empty((len(of_mixed), (heads.heads + 2 * heads.shared) * heads.size))
        rest: tuple[Tensor, Tensor] | None = None  # what rows look at the tokens ahead of them
        for at, part in reversed(list(enumerate(self.parts))):
            mine: Looked = (*looked[4 * at : 4 * at + 4],)
            of_seen = (torch.empty_like if part.places is None else torch.zeros_like)(mine[0])
            self._mix(Pass.MIX_BACK, part, of_seen, mixed, of_mixed, read)
            of_q, of_k, of_v = self._back(of_seen, mine, part)
            if rest is not None:
                for side, more in zip((of_k, of_v), rest, strict=True):
                    side += more[:, : part.length].unflatten(0, (-1, heads.shared)).sum(0)
            rest = of_k, of_v
            what = self._turn(part, of_qkv, (of_q, of_k, of_v), made)
            self.passes.take(Pass.TURN_BACK, of_qkv, what)
        return of_qkv

    def _turned(
        self, qkv: Tensor, part: Part, ahead: Sequence[Tensor], made: told.Low
    ) -> tuple[Tensor, Tensor, Tensor]:
        heads, shared = self.heads, part.rows * self.heads.shared
        each = heads.heads // heads.shared
        make = qkv.new_empty if part.places is None else qkv.new_zeros
        q = make((shared, each * part.length, heads.size))
        k, v = (make((shared, part.first + part.length, heads.size)) for _ in range(2))
        for side, first in zip((k, v), ahead, strict=False):  # there may be none
            by_row = side.view(part.rows, heads.shared, -1, heads.size)
            by_row[:, :, : part.first] = first
        self.passes.take(Pass.TURN, qkv, self._turn(part, qkv, (q, k, v), made))
        return q, k, v

    def _look(self, q: Tensor, k: Tensor, v: Tensor, part: Part) -> tuple[Tensor, Any]:
        """See `attention.look`."""
        if k.shape[1] <= q.shape[2]:
            p = self._weights(q, k, part)
            return torch.bmm(p, v), p
        seen = torch.empty_like(q)
        for some in _pieces(q, k):
            torch.bmm(self._weights(q[some], k[some], part), v[some], out=seen[some])
        return seen, None

    def _weights(self, q: Tensor, k: Tensor, part: Part) -> Tensor:
        """How much each place looks at each, [batch, queries, keys]."""
        scores = torch.bmm(q, k.transpose(1, 2))
        self._softmax(Pass.SOFTMAX, scores, None, part)
        return scores

    def _back(self, grad: Tensor, looked: Looked, part: Part) -> tuple[Tensor, Tensor, Tensor]:
        """See `attention.look_back`."""
        q, k, v, p = looked
        of_q, of_k, of_v = (torch.empty_like(side) for side in (q, k, v))
        for some in _pieces(q, k):
            weights = self._weights(q[some], k[some], part) if p is None else p[some]
            torch.bmm(weights.transpose(1, 2), grad[some], out=of_v[some])
            of_s = torch.bmm(grad[some], v[some].transpose(1, 2))
            self._softmax(Pass.SOFTMAX_BACK, of_s, weights, part)
            torch.bmm(of_s, k[some], out=of_q[some])
            torch.bmm(of_s.transpose(1, 2), q[some], out=of_k[some])
        return of_q, of_k, of_v

    def _softmax(self, which: Pass, scores: Tensor, weights: Tensor | None, part: Part) -> None:
        lines, keys = scores.shape[0] * scores.shape[1], scores.shape[2]
        places = scores.data_ptr(), pointer(weights)
        what = told.Softmax(lines, part.length, keys, self.heads.scale, *places)
        self.passes.take(which, scores, what)

    def _heads(self, part: Part) -> told.Heads:
        cos, sin = (side[part.first :].data_ptr() for side in self.turn)
        heads, places = self.heads, pointer(part.places)
        sizes = part.tokens, part.length, heads.heads, heads.shared, heads.size
        return told.Heads(*sizes, places, cos, sin)

    def _turn(
        self, part: Part, qkv: Tensor, sides: tuple[Tensor, Tensor, Tensor], made: told.Low
    ) -> told.Turn:
        places = (qkv[part.own].data_ptr(), *(side.data_ptr() for side in sides))
        return told.Turn(self._heads(part), *places, sides[1].shape[1], made)

    def _mix(
        self, which: Pass, part: Part, seen: Tensor, mixed: Tensor | None, grad: Tensor | None,
        read: told.Low,
    ) -> None:  # fmt: skip
        of, at = part.own, self._heads(part)
        sides = (pointer(None if side is None else side[of]) for side in (mixed, grad))
        self.passes.take(which, seen, told.Mix(at, seen.data_ptr(), *sides, read))


def _pieces(q: Tensor, k: Tensor) -> list[slice]:
    """Of the batch, as much at a time as `AT_ONCE` weights take."""
    each = max(1, AT_ONCE // (q.shape[1] * k.shape[1]))
    return [slice(first, first + each) for first in range(0, len(q), each)]
