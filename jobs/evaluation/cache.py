"""Keys and values of a batch, with room for the answer from the start.

The usual cache grows by copying all of itself at every token, a fifth of the time of a small model.

(This module imports torch.)
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache, DynamicLayer


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

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep these rows; the room is taken anew when the next token comes."""
        super().batch_select_indices(indices)
        self._all_keys = self._all_values = None


def roomy_cache(config: Any, room: int) -> DynamicCache:
    """A cache for a model in which every plain layer has room for so many tokens; layers of other
    kinds (sliding windows, states) are as they always are."""
    cache = DynamicCache(config=config)
    cache.layers = [
        RoomyLayer(room) if type(layer) is DynamicLayer else layer for layer in cache.layers
    ]
    return cache


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
