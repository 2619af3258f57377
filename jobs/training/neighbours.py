"""Which words lie around the vectors of a soft prompt, and a flat map of where they went.

(This module imports torch.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from jobs.methods.soft_prompt import Near, SoftPrompt, VirtualToken

NEAREST = 5  # words told a token
LOOKED = 24  # pieces looked at to find them: “ the” and “the” are one word to a reader
SAMPLE = 512  # words that say how near words lie to one another
USUAL = 0.05  # of them lie further from their nearest than this says
AT_ONCE = 16_384  # rows of the embeddings, so that a large vocabulary is never copied whole


@torch.no_grad()
def look(vectors: Tensor, start: Tensor, table: Tensor, tokenizer: Any) -> SoftPrompt:
    """Hold trained vectors and their start (each tokens x hidden) against the word embeddings.

    `table` is vocabulary x hidden; rows that no word owns (padding of the matrix, special tokens)
    are left out.
    """
    vectors, start = vectors.detach().float().cpu(), start.detach().float().cpu()
    words = _Words(table.detach().cpu(), tokenizer)
    unit = words.length()
    now, then = words.nearest(vectors, LOOKED), words.nearest(start, 1)
    places, shown = flat_map(torch.cat([vectors, start]))
    count = len(vectors)
    moved = (vectors - start).norm(dim=1) / unit
    kept = torch.cosine_similarity(vectors, start, dim=1)
    tokens = [
        VirtualToken(
            start=then[n][0].text,
            nearest=_folded(now[n]),
            moved=_round(moved[n]),
            kept=_round(kept[n]),
            length=_round(vectors[n].norm() / unit),
            place=places[n],
            start_place=places[count + n],
        )
        for n in range(count)
    ]
    return SoftPrompt(tuple(tokens), shown, words.usual(), len(words))


def flat_map(points: Tensor) -> tuple[list[tuple[float, float]], float]:
    """The points on the two directions in which they differ most (principal components), and the
    share of their variance that these two hold; the larger direction lies across."""
    centred = (points - points.mean(dim=0)).double()
    _, sizes, axes = torch.linalg.svd(centred, full_matrices=False)
    sizes, axes = sizes[:2], axes[:2]
    total = float(centred.square().sum())
    if total == 0:
        return [(0.0, 0.0)] * len(points), 1.0
    # A direction and its opposite are as good: the same side each time keeps the picture the same.
    signs = torch.sign(axes.gather(1, axes.abs().argmax(dim=1, keepdim=True)))
    flat = centred @ (axes * signs).T
    if flat.shape[1] < 2:
        flat = torch.nn.functional.pad(flat, (0, 2 - flat.shape[1]))
    return [(_round(x), _round(y)) for x, y in flat], _round(sizes.square().sum() / total)


class _Words:
    """The rows of the embeddings that stand for something a reader could see."""

    def __init__(self, table: Tensor, tokenizer: Any) -> None:
        special = set(tokenizer.all_special_ids)
        there = min(len(table), len(tokenizer))
        self._ids = torch.tensor([i for i in range(there) if i not in special])
        self._table, self._tokenizer = table, tokenizer

    def __len__(self) -> int:
        return len(self._ids)

    def length(self) -> float:
        """Median length of a word's vector."""
        lengths = [self._table[ids].float().norm(dim=1) for ids in self._ids.split(AT_ONCE)]
        return max(float(torch.cat(lengths).median()), 1e-12)

    def nearest(self, vectors: Tensor, count: int) -> list[list[Near]]:
        """The words with the highest cosines, of each vector, the highest first."""
        found = self._best(vectors, min(count, len(self)))
        return [
            [Near(self._text(int(i)), _round(c)) for c, i in zip(*row, strict=True)]
            for row in zip(*found, strict=True)
        ]

    def usual(self) -> float:
        """What 95 words of 100 have, at least, with their nearest other word."""
        draw = torch.Generator().manual_seed(0)
        picked = self._ids[torch.randperm(len(self), generator=draw)[:SAMPLE]]
        cosines, ids = self._best(self._table[picked].float(), min(2, len(self)))
        # The word itself comes first, or second where another one is just the same.
        others = cosines.masked_fill(ids == picked[:, None], -1.0).max(dim=1).values
        return _round(others.quantile(USUAL))

    def _best(self, vectors: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Cosines and ids, vectors x count."""
        wanted = normalize(vectors, dim=1)
        cosines = torch.empty((len(vectors), 0))
        ids = torch.empty((len(vectors), 0), dtype=torch.long)
        for some in self._ids.split(AT_ONCE):
            new = wanted @ normalize(self._table[some].float(), dim=1).T
            cosines = torch.cat([cosines, new], dim=1)
            ids = torch.cat([ids, some.expand(len(vectors), -1)], dim=1)
            cosines, places = cosines.topk(min(count, cosines.shape[1]), dim=1)
            ids = ids.gather(1, places)
        return cosines, ids

    def _text(self, token: int) -> str:
        """What a reader sees of a token; a piece of a letter has only its name."""
        text = str(self._tokenizer.decode([token])).strip()
        if text and "�" not in text:
            return text
        name = self._tokenizer.convert_ids_to_tokens(token)
        return str(name).replace("Ġ", "␣").replace("▁", "␣").replace("Ċ", "↵")


def _folded(pieces: Sequence[Near]) -> tuple[Near, ...]:
    """Each text once, with its best cosine."""
    seen: dict[str, Near] = {}
    for piece in pieces:
        seen.setdefault(piece.text, piece)
    return tuple(list(seen.values())[:NEAREST])


def _round(value: Any) -> float:
    return round(float(value), 4)
