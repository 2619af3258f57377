"""LoRA adapters side by side in one batch, each for its own rows.

PEFT picks the rows of each adapter by lists of indices, which copies them twice a layer and token,
and looks its weights up by name each time. Here rows of an adapter lie together, so that slices
do, and the weights are at hand: the same sums for half the time of a small model. What an adapter
says is added to what the layer says inside the matrix product, not by passes of its own.

(This module imports torch.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from jobs.evaluation.ahead import Ahead


@dataclass(frozen=True)
class Span:
    """Rows `start` to `end` of a batch belong to an adapter."""

    adapter: str
    start: int
    end: int


@dataclass
class Batch:
    """Whom the rows of the forward under way belong to: set before it, read by every layer."""

    spans: list[Span] = field(default_factory=list)
    ahead: list[Ahead] = field(default_factory=list)


def spans(adapters: Sequence[str], without: str) -> list[Span]:
    """Neighbouring rows of one adapter as one span; rows of `without` are in none."""
    found, start = [], 0
    for name, rows in groupby(adapters):
        end = start + len(list(rows))
        if name != without:
            found.append(Span(name, start, end))
        start = end
    return found


class MixedLinear:
    """The forward of one linear layer with adapters, for the rows of the batch under way."""

    def __init__(self, layer: Any, batch: Batch) -> None:
        self._layer = layer
        self._batch = batch
        self._weights: dict[str, tuple[Tensor, Tensor, float]] = {}

    def learn(self, adapter: str) -> None:
        """Take an adapter's weights from the layer, if it has one there."""
        if adapter in self._layer.lora_A:
            a, b = self._layer.lora_A[adapter].weight, self._layer.lora_B[adapter].weight
            self._weights[adapter] = (a, b, float(self._layer.scaling[adapter]))

    def __call__(self, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        result: Tensor = self._layer.base_layer(x, *args, **kwargs)
        if not self._batch.spans:
            return result
        tokens = math.prod(x.shape[1:-1])  # of a row; those of all rows lie behind one another
        inputs, outputs = x.reshape(-1, x.shape[-1]), result.view(-1, result.shape[-1])
        for span in self._batch.spans:
            found = self._weights.get(span.adapter)
            if found is not None:
                there = slice(span.start * tokens, span.end * tokens)
                _add(inputs[there], *found, to=outputs[there])
        return result


def _add(x: Tensor, a: Tensor, b: Tensor, scaling: float, *, to: Tensor) -> None:
    """Add what an adapter says of `x`, tokens x inputs; inside the product where types allow."""
    if x.dtype == a.dtype == to.dtype:
        to.addmm_(torch.mm(x, a.t()), b.t(), alpha=scaling)
    else:
        to.add_(linear(linear(x.to(a.dtype), a), b).mul_(scaling).to(to.dtype))


def can_mix(layer: nn.Module, adapter: str) -> bool:
    """Whether the layer is a linear one and the adapter plain LoRA, without biases of its own."""
    from peft.tuners.lora.layer import Embedding, LoraLayer, _ConvNd

    if not isinstance(layer, LoraLayer) or isinstance(layer, Embedding | _ConvNd):
        return False
    if adapter not in layer.lora_A:
        return not layer.lora_embedding_A
    return adapter not in layer.lora_variant and layer.lora_B[adapter].bias is None
