"""Which rows go through the model together, and the tensors they become.

Rows of like length share a batch, so that hardly a token is padding, and the order of batches is
shuffled. The plan is a function of (seed, epoch) alone: a resumed run finds its place again by
counting.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jobs.training.encode import Encoded

if TYPE_CHECKING:
    import torch

# Lengths are padded to a multiple of this: matrix products are faster on whole tiles, and rows
# of one multiple can be mixed at random without a cost.
MULTIPLE = 16

Window = list[list[int]]  # the batches of one optimizer step, each a list of row indices


def padded(length: int, virtual_tokens: int = 0, multiple: int = MULTIPLE) -> int:
    """The padded length of `length` tokens, such that soft prompt and tokens fill whole tiles."""
    whole = -(-(length + virtual_tokens) // multiple) * multiple
    return whole - virtual_tokens


def windows(
    lengths: Sequence[int], batch_size: int, accumulation: int, seed: int, epoch: int
) -> list[Window]:
    """One epoch as optimizer steps: every row once, like lengths together, steps in random order.

    Rows are shuffled before the sort, and the sort looks at padded lengths only, so that what
    meets in a batch changes from epoch to epoch.
    """
    chance = random.Random(f"{seed}:{epoch}")
    order = list(range(len(lengths)))
    chance.shuffle(order)
    order.sort(key=lambda i: padded(lengths[i]))
    batches = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
    chance.shuffle(batches)
    return [batches[i : i + accumulation] for i in range(0, len(batches), accumulation)]


def steps_per_epoch(rows: int, batch_size: int, accumulation: int) -> int:
    """Optimizer steps that `windows` gives."""
    return math.ceil(math.ceil(rows / batch_size) / accumulation)


def total_steps(rows: int, batch_size: int, accumulation: int, epochs: float) -> int:
    """Optimizer steps of a whole run; at least one. A part of an epoch is rounded up."""
    return max(1, math.ceil(epochs * steps_per_epoch(rows, batch_size, accumulation) - 1e-9))


def split(batch: Sequence[int], rows_at_once: int) -> Iterator[Sequence[int]]:
    """The pieces of a batch that go through the model one after another."""
    for start in range(0, len(batch), rows_at_once):
        yield batch[start : start + rows_at_once]


def by_tokens(
    lengths: Sequence[int], tokens: int, rows: Sequence[int] | None = None
) -> list[list[int]]:
    """Batches in order of length, each of at most `tokens` padded tokens (or a single row)."""
    order = sorted(range(len(lengths)) if rows is None else rows, key=lambda i: lengths[i])
    batches: list[list[int]] = []
    for i in order:
        if batches and (len(batches[-1]) + 1) * padded(lengths[i]) <= tokens:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


@dataclass
class Batch:
    """Tensors of one piece: `rows` and `columns` say where in `input_ids` (or in the decoder's
    ids) the model predicts `targets`; all three have one entry a label token."""

    input_ids: torch.Tensor  # [rows, length], padded on the right
    attention_mask: torch.Tensor | None  # [rows, length]; None where causal attention suffices
    decoder_input_ids: torch.Tensor | None
    rows: torch.Tensor
    columns: torch.Tensor
    targets: torch.Tensor

    @property
    def inputs(self) -> dict[str, torch.Tensor]:
        """What the model's forward takes."""
        named = {
            "input_ids": self.input_ids,
            "attention_mask": self.attention_mask,
            "decoder_input_ids": self.decoder_input_ids,
        }
        return {name: value for name, value in named.items() if value is not None}

    @property
    def width(self) -> int:
        """Length of the sequence in which `columns` counts."""
        side = self.input_ids if self.decoder_input_ids is None else self.decoder_input_ids
        return side.shape[1]

    def __len__(self) -> int:
        return len(self.input_ids)


@dataclass(frozen=True)
class Collator:
    """Rows to a `Batch` on `device`.

    Padding is told by length and never by its id, because many models pad with their end token.
    On the right of a causal sequence it needs no attention mask: no label looks at what follows.
    `decoder_start` is the id that an encoder-decoder's decoder begins with; None for causal.
    """

    pad_id: int
    device: str
    virtual_tokens: int = 0
    decoder_start: int | None = None
    limit: int = 0  # positions that the model has, soft prompt included; 0 where it has no bound
    masked: bool = False  # ask for the attention mask even where it is needless

    def __call__(self, rows: Sequence[Encoded]) -> Batch:
        return self._causal(rows) if self.decoder_start is None else self._sequences(rows)

    def _causal(self, rows: Sequence[Encoded]) -> Batch:
        ids = [[*row.prompt_ids, *row.completion_ids[:-1]] for row in rows]
        # A token is predicted one place before it stands; -1 is the soft prompt's last place.
        spans = [(len(row.prompt_ids) - 1, row.length) for row in rows]
        mask = [len(i) for i in ids] if self.masked else None
        return self._batch(ids, mask, None, rows, spans)

    def _sequences(self, rows: Sequence[Encoded]) -> Batch:
        assert self.decoder_start is not None
        ids = [list(row.prompt_ids) for row in rows]
        decoder = [[self.decoder_start, *row.completion_ids[:-1]] for row in rows]
        spans = [(0, len(row.completion_ids)) for row in rows]
        return self._batch(ids, [len(i) for i in ids], decoder, rows, spans)

    def _batch(
        self,
        ids: list[list[int]],
        lengths: list[int] | None,
        decoder: list[list[int]] | None,
        rows: Sequence[Encoded],
        spans: list[tuple[int, int]],
    ) -> Batch:
        import torch

        places = [(r, c) for r, (start, end) in enumerate(spans) for c in range(start, end)]
        targets = [target for row in rows for target in row.completion_ids]
        mask = None
        tokens = self._pad(ids, self.virtual_tokens)
        if lengths is not None:
            ones = [[1] * length + [0] * (len(tokens[0]) - length) for length in lengths]
            mask = torch.tensor(ones, device=self.device)
        inputs = None if decoder is None else torch.tensor(self._pad(decoder), device=self.device)
        return Batch(
            torch.tensor(tokens, device=self.device),
            mask,
            inputs,
            torch.tensor([r for r, _ in places], device=self.device),
            torch.tensor([c for _, c in places], device=self.device),
            torch.tensor(targets, device=self.device),
        )

    def _pad(self, ids: list[list[int]], virtual_tokens: int = 0) -> list[list[int]]:
        longest = max(len(i) for i in ids)
        width = padded(longest, virtual_tokens)
        if self.limit:
            width = max(longest, min(width, self.limit - virtual_tokens))
        return [i + [self.pad_id] * (width - len(i)) for i in ids]
