"""A batch of rows under way: read the prompts, then a token at a time, with a key-value cache.

Causal models get their rows padded on the left: padding, then the soft prompt, then the prompt,
so that a soft prompt lies right before its prompt as in training, and positions count
from a row's first real token. Encoder-decoder models read theirs padded on the right, as in
training; their answers all begin in the first column.

(This module imports torch.)
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from jobs.evaluation.base import LoadedBase
from jobs.evaluation.batching import Row
from jobs.evaluation.cache import Place, can_take, roomy_cache, taken


class Stream(Protocol):
    """Logits are rows x vocabulary, those of the next token."""

    def read(self) -> Tensor:
        """Run the prompts through the model."""

    def step(self, tokens: Tensor) -> Tensor:
        """Run one new token a row through the model."""

    def advance(self, tokens: Tensor) -> Tensor:
        """Run rows x tokens through the model; logits are rows x tokens x vocabulary."""

    def branch(self) -> Stream:
        """A copy that goes on from here, while this one stays where it is."""

    def keep(self, places: Sequence[int]) -> None:
        """Let all rows but these leave the batch."""


# Tokens of prompts that are read at a time, as far as there are several rows: what a layer makes of
# them should stay near the processor. On a graphics card more keep it busy.
READ_AT_ONCE = {"cpu": 1024, "cuda": 16_384}

# Of the columns, how many may be padding of all rows, before the rows are copied to be rid of them.
SPARE = 0.2


def stream(base: LoadedBase, rows: Sequence[Row], new_tokens: int, pad_id: int) -> Stream:
    """The kind of stream that fits the model."""
    if base.encoder_decoder:
        return EncoderDecoderStream(base, rows, pad_id)
    return CausalStream(base, rows, new_tokens, pad_id)


def in_parts(base: LoadedBase, rows: Sequence[Row]) -> list[list[int]]:
    """Places in `rows`: those whose prompts are read at a time, of like length, in their order.

    One part where the model's streams cannot be put `together`.
    """
    if base.encoder_decoder or not can_take(roomy_cache(base.model.config, 1)):
        return [list(range(len(rows)))]
    most = READ_AT_ONCE.get(base.device.type, READ_AT_ONCE["cpu"])
    parts: list[list[int]] = []
    columns = [base.columns(row) for row in rows]
    for place in sorted(range(len(rows)), key=lambda place: -columns[place]):
        if parts and (len(parts[-1]) + 1) * columns[parts[-1][0]] <= most:
            parts[-1].append(place)
        else:
            parts.append([place])
    return [sorted(part) for part in parts]


def together(streams: Sequence[Stream], parts: Sequence[Sequence[int]]) -> Stream:
    """One stream of all rows of several that were read: those of `in_parts`, in their order."""
    if len(streams) == 1:
        return streams[0]
    where = {p: (number, row) for number, part in enumerate(parts) for row, p in enumerate(part)}
    causal = [one for one in streams if isinstance(one, CausalStream)]
    causal[0].take(causal, [where[place] for place in sorted(where)])
    return causal[0]


class CausalStream:
    """See the head of this file."""

    def __init__(self, base: LoadedBase, rows: Sequence[Row], new_tokens: int, pad_id: int) -> None:
        self._base, self._rows, self._room = base, list(rows), new_tokens
        width = max(base.columns(row) for row in rows)
        ids, mask, starts = _padded(base, rows, pad_id, left=True)
        self._ids, self._starts = ids, starts
        # Tokens before those of its own that a row shares with others: positions count them.
        self._ahead = torch.tensor([base.ahead(row) for row in rows], device=base.device)
        self._mask = torch.cat([mask, mask.new_ones((len(rows), new_tokens))], dim=1)
        self._next = mask.sum(dim=1)  # how many tokens of each row's own are there
        self._width = width  # columns that are filled, of the mask and of the cache
        self._cache: Any = roomy_cache(base.model.config, width + new_tokens)
        base.remember(self._cache, rows, starts)
        takes = inspect.signature(base.model.forward).parameters
        self._positions = "position_ids" in takes
        self._chooses = "logits_to_keep" in takes

    def read(self) -> Tensor:
        embedded = self._base.embed(self._ids, self._rows, self._starts)
        inputs = {"input_ids": self._ids} if embedded is None else {"inputs_embeds": embedded}
        mask = self._mask[:, : self._width]
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0) + self._ahead[:, None]
        with self._base.reading(self._rows):
            return self._forward(inputs, mask, positions, 1)[:, -1]

    def step(self, tokens: Tensor) -> Tensor:
        return self.advance(tokens[:, None])[:, -1]

    def advance(self, tokens: Tensor) -> Tensor:
        new = tokens.shape[1]
        positions = (self._next + self._ahead)[:, None] + torch.arange(new, device=tokens.device)
        self._next, self._width = self._next + new, self._width + new
        self._room -= new
        mask = self._mask[:, : self._width]
        return self._forward({"input_ids": tokens}, mask, positions, new)

    def branch(self) -> CausalStream:
        other = copy.copy(self)
        other._cache = copy.deepcopy(self._cache)
        return other

    def keep(self, places: Sequence[int]) -> None:
        chosen = torch.tensor(places, device=self._mask.device)
        plain = can_take(self._cache)
        if plain and int(self._next[chosen].max()) < (1 - SPARE) * self._width:
            self.take([self], [(0, place) for place in places])
            return
        self._rows = [self._rows[place] for place in places]
        self._mask, self._next = self._mask[chosen], self._next[chosen]
        self._ahead = self._ahead[chosen]
        if plain:
            for layer in self._cache.layers:
                layer.keep(places)
        else:
            self._cache.batch_select_indices(chosen)

    def take(self, streams: Sequence[CausalStream], rows: Sequence[Place]) -> None:
        """Hold these rows of these streams, this one among them; each goes on where it was.

        Last tokens come to lie in one column, so that columns at the left get free as the longest
        rows leave.
        """
        following = torch.stack([streams[part]._next[row] for part, row in rows])
        filled = max(stream._width for stream in streams)
        self._cache = taken(
            self._base.model.config,
            [stream._cache for stream in streams],
            rows,
            unused=filled - int(following.max()),
            room=int(following.max()) + self._room,
        )
        self._ahead = torch.stack([streams[part]._ahead[row] for part, row in rows])
        self._rows = [streams[part]._rows[row] for part, row in rows]
        self._next, self._width = following, int(following.max())
        columns = torch.arange(self._width + self._room, device=following.device)
        self._mask = (columns >= self._width - following[:, None]).long()

    def _forward(
        self, inputs: dict[str, Tensor], mask: Tensor, positions: Tensor, kept: int
    ) -> Tensor:
        """Logits of the last `kept` columns: of a whole prompt they would fill the memory."""
        self._base.route(self._rows)
        where: dict[str, Any] = {"position_ids": positions} if self._positions else {}
        if self._chooses:
            where["logits_to_keep"] = kept
        output = self._base.model(
            **inputs,
            **where,
            attention_mask=mask,
            past_key_values=self._cache,
            use_cache=True,
        )
        self._cache = output.past_key_values
        logits: Tensor = output.logits[:, -kept:]
        return logits


class EncoderDecoderStream:
    """See the head of this file."""

    def __init__(self, base: LoadedBase, rows: Sequence[Row], pad_id: int) -> None:
        self._base, self._rows = base, list(rows)
        self._ids, self._mask, self._starts = _padded(base, rows, pad_id, left=False)
        self._encoded: Any = None
        self._cache: Any = None

    def read(self) -> Tensor:
        self._base.route(self._rows)
        embedded = self._base.embed(self._ids, self._rows, self._starts)
        inputs = {"input_ids": self._ids} if embedded is None else {"inputs_embeds": embedded}
        encoder = self._base.model.get_encoder()
        self._encoded = encoder(**inputs, attention_mask=self._mask)
        start = torch.full((len(self._rows),), self._start_id(), device=self._ids.device)
        return self.step(start)

    def step(self, tokens: Tensor) -> Tensor:
        return self.advance(tokens[:, None])[:, -1]

    def advance(self, tokens: Tensor) -> Tensor:
        self._base.route(self._rows)
        output = self._base.model(
            encoder_outputs=self._encoded,
            attention_mask=self._mask,
            decoder_input_ids=tokens,
            past_key_values=self._cache,
            use_cache=True,
        )
        self._cache = output.past_key_values
        logits: Tensor = output.logits
        return logits

    def branch(self) -> EncoderDecoderStream:
        other = copy.copy(self)
        other._cache = copy.deepcopy(self._cache)
        return other

    def keep(self, places: Sequence[int]) -> None:
        chosen = torch.tensor(places, device=self._mask.device)
        self._rows = [self._rows[place] for place in places]
        self._mask = self._mask[chosen]
        self._encoded.last_hidden_state = self._encoded.last_hidden_state[chosen]
        self._cache.batch_select_indices(chosen)

    def _start_id(self) -> int:
        config, written = self._base.model.config, self._base.model.generation_config
        for holder in (written, config):
            if getattr(holder, "decoder_start_token_id", None) is not None:
                return int(holder.decoder_start_token_id)
        return int(config.bos_token_id)


def _padded(
    base: LoadedBase, rows: Sequence[Row], pad_id: int, *, left: bool
) -> tuple[Tensor, Tensor, list[int]]:
    """Ids, mask and each row's first real column; a soft prompt's places hold padding ids."""
    columns, device = [base.columns(row) for row in rows], base.device
    width = max(columns)
    ids = torch.full((len(rows), width), pad_id, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    starts = []
    for place, row in enumerate(rows):
        start = width - columns[place] if left else 0
        end = start + columns[place]
        ids[place, end - len(row.prompt_ids) : end] = torch.tensor(row.prompt_ids, dtype=torch.long)
        mask[place, start:end] = 1
        starts.append(start)
    return ids.to(device), mask.to(device), starts
