"""Keys and values of a batch, with room for the answer from the start.

The usual cache grows by copying all of itself at every token, a fifth of the time of a small model.

(This module imports torch.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache, DynamicLayer

Place = tuple[int, int]
"""A row of one of several batches: (which batch, which row)."""


class RoomyLayer(DynamicLayer):
    """Rows x heads x tokens x size; `keys` and `values` are what is filled of larger tensors."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.keys: Tensor | None = None
        self.values: Tensor | None = None
        self._room = room  # tokens that will come in all, as far as one knows
        self._all_keys: Tensor | None = None
        self._all_values: Tensor | None = None
        self._prefixes: list[tuple[int, int, Tensor, Tensor]] = []

    def know(self, row: int, start: int, keys: Tensor, values: Tensor) -> None:
        """Whatever a row's prompt gives at `start`, these stand there: heads x tokens x size."""
        self._prefixes.append((row, start, keys, values))

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Write new tokens behind those that are there."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        self._all_keys = _with_room(self._all_keys, self.keys, key_states, end, self._room)
        self._all_values = _with_room(self._all_values, self.values, value_states, end, self._room)
        self._all_keys[:, :, start:end] = key_states
        self._all_values[:, :, start:end] = value_states
        for row, place, keys, values in self._prefixes:
            self._all_keys[row, :, place : place + keys.shape[1]] = keys
            self._all_values[row, :, place : place + keys.shape[1]] = values
        self._prefixes = []
        self.keys, self.values = self._all_keys[:, :, :end], self._all_values[:, :, :end]
        return self.keys, self.values

    def keep(self, rows: Sequence[int]) -> None:
        """Hold these rows alone, in this order; those that stay where they are cost nothing."""
        movers = [place for place, row in enumerate(rows) if place != row]
        sources = [rows[place] for place in movers]
        for whole, filled in ((self._all_keys, self.keys), (self._all_values, self.values)):
            if movers and whole is not None and filled is not None:
                whole[movers, :, : filled.shape[-2]] = filled[sources]
        end, count = self.get_seq_length(), len(rows)
        if self._all_keys is not None and self._all_values is not None:
            self._all_keys, self._all_values = self._all_keys[:count], self._all_values[:count]
            self.keys, self.values = self._all_keys[:, :, :end], self._all_values[:, :, :end]

    def take(self, layers: Sequence[RoomyLayer], rows: Sequence[Place], unused: int) -> None:
        """Hold these rows of these layers (this one may be among them), in this order.

        The last token of all comes to lie in one column; `unused` columns at the left of the
        widest are let go of. What is left of a shorter row is 0.
        """
        width = max(layer.get_seq_length() for layer in layers) - unused
        first = layers[0]
        self.lazy_initialization(first.keys, first.values)
        self._all_keys = _gathered([layer.keys for layer in layers], rows, width, self._room)
        self._all_values = _gathered([layer.values for layer in layers], rows, width, self._room)
        self.keys, self.values = self._all_keys[:, :, :width], self._all_values[:, :, :width]


def roomy_cache(config: Any, room: int) -> DynamicCache:
    """A cache for a model in which every plain layer has room for so many tokens; layers of other
    kinds (sliding windows, states) are as they always are."""
    cache = DynamicCache(config=config)
    cache.layers = [
        RoomyLayer(room) if type(layer) is DynamicLayer else layer for layer in cache.layers
    ]
    return cache


def can_take(cache: Any) -> bool:
    """Whether all layers are plain, so that rows of several batches can be put together."""
    return bool(cache.layers) and all(type(layer) is RoomyLayer for layer in cache.layers)


def taken(config: Any, caches: Sequence[Any], rows: Sequence[Place], unused: int, room: int) -> Any:
    """A cache with these rows of these caches; see `RoomyLayer.take`."""
    found = roomy_cache(config, room)
    for number, layer in enumerate(found.layers):
        layer.take([cache.layers[number] for cache in caches], rows, unused)
    return found


def _with_room(
    whole: Tensor | None, filled: Tensor | None, new: Tensor, end: int, room: int
) -> Tensor:
    """The tensor behind `filled`, or a larger one with the same content."""
    if whole is not None and whole.shape[-2] >= end:
        return whole
    rows, heads, _, size = new.shape
    larger = torch.empty((rows, heads, max(end, room), size), dtype=new.dtype, device=new.device)
    if filled is not None and filled.numel():
        larger[:, :, : filled.shape[-2]] = filled
    return larger


def _gathered(parts: Sequence[Any], rows: Sequence[Place], width: int, room: int) -> Tensor:
    """Rows of several tensors as one whose first `width` columns are filled."""
    _, heads, _, size = parts[0].shape
    shape = (len(rows), heads, max(width, room), size)
    found = torch.empty(shape, dtype=parts[0].dtype, device=parts[0].device)
    for at, part, row, count in _runs(rows):
        source = parts[part][row : row + count]
        spare = source.shape[2] - width  # columns too many, or too few
        found[at : at + count, :, max(-spare, 0) : width] = source[:, :, max(spare, 0) :]
        if spare < 0:
            found[at : at + count, :, :-spare] = 0  # masked; what memory held might be no number
    return found


def _runs(rows: Sequence[Place]) -> Iterator[tuple[int, int, int, int]]:
    """Neighbours that stay neighbours: (where to, which part, first row there, how many)."""
    start = 0
    for end in range(1, len(rows) + 1):
        part, row = rows[start]
        if end == len(rows) or rows[end] != (part, row + end - start):
            yield start, part, row, end - start
            start = end
