"""Rows of a batch without the padding behind them, through layers that can do without.

Padded to one length, a quarter of the tokens of a batch of short rows is padding, and every product
of every layer is made of it too. Compiled passes know of each token where it stands in its row
(`heads.Spread`), so that only attention has a place for what is missing. All tokens of a batch come
behind one another, with a few without a place, so that products come in few sizes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from jobs.training import decoder_layer, llama, sizes
from jobs.training.batches import Batch
from jobs.training.heads import Spread

CHILDREN = {"embed_tokens", "layers", "norm", "rotary_emb"}


class Layout(NamedTuple):
    """The tokens of a batch behind one another, and where among them its labels are foretold."""

    ids: Tensor
    labels: Tensor
    spread: Spread


def unpacked(batch: Batch, virtual: int = 0) -> Layout:
    """All places, those of padding too; a label that a soft prompt foretells has one below 0."""
    rows, length = batch.input_ids.shape
    labels = batch.rows * length + batch.columns
    labels = torch.where(batch.columns < 0, batch.columns, labels)
    return Layout(batch.input_ids.flatten(), labels, Spread(rows, virtual))


def packed(batch: Batch, virtual: int = 0) -> Layout:
    """Only tokens that a label looks at: what stands behind the last label of a row is not seen."""
    whole = unpacked(batch, virtual)
    rows, length = batch.input_ids.shape
    lengths = torch.zeros(rows, dtype=torch.int64).scatter_reduce_(
        0, batch.rows, batch.columns + 1, "amax"
    )
    there = (torch.arange(length) < lengths[:, None]).flatten()
    places = there.nonzero()[:, 0]
    missing = sizes.like_others(len(places)) - len(places)
    ids = nn.functional.pad(whole.ids[places], (0, missing))
    order = there.cumsum(0) - 1  # of each place, which of the tokens its own is
    labels = torch.where(whole.labels < 0, whole.labels, order[whole.labels])
    filled = nn.functional.pad(places.int(), (0, missing), value=-1)
    return Layout(ids, labels, Spread(rows, virtual, filled))


class Stack:
    """Embeddings, layers and last norm of a model of which every layer is one step."""

    def __init__(self, inner: Any, layers: list[decoder_layer.Layer]) -> None:
        self.inner, self.layers = inner, layers
        self.packs = all(layer.compiled is not None for layer in layers)
        self.longest = min((layer.longest for layer in layers), default=0)
        windows = [llama.sliding_window(layer.module) for layer in layers]
        self.sliding_window = min((window for window in windows if window), default=None)

    def serves(self, batch: Batch, virtual: int = 0) -> bool:
        """Whether a batch can go this way, behind so many tokens that every row begins with: each
        place has to see all before it."""
        return (
            batch.attention_mask is None
            and batch.decoder_input_ids is None
            and 1 < batch.width <= self.longest
            and (self.sliding_window is None or virtual + batch.width <= self.sliding_window)
            and batch.input_ids.device.type == "cpu"
        )

    def hidden(self, batch: Batch, vectors: Tensor | None = None) -> Tensor:
        """Hidden states at the label positions as the output embeddings take them; `vectors` of
        [virtual tokens, width] are those of a soft prompt that every row begins with."""
        virtual = 0 if vectors is None else len(vectors)
        layout = packed(batch, virtual) if self.packs else unpacked(batch, virtual)
        x = self.inner.embed_tokens(layout.ids)
        if vectors is not None:
            x = torch.cat([vectors.to(x.dtype), x])
        places = torch.arange(virtual + batch.width, device=x.device)[None]
        cos, sin = self.inner.rotary_emb(x[None], places)
        for layer in self.layers:
            x = layer(x, cos, sin, layout.spread)
        # The place before a row's first token is the soft prompt's last one, which all rows share.
        picked: Tensor = self.inner.norm(x[virtual + layout.labels])
        return picked


def stack(model: Any) -> Stack | None:
    """The layers of a model, adapted or not; None where some are not one step or others stand
    beside them."""
    base: Any = getattr(model, "get_base_model", lambda: model)()
    inner: Any = getattr(base, "model", None)
    if inner is None or {name for name, _ in inner.named_children()} != CHILDREN:
        return None
    found = [decoder_layer.fused(module) for module in inner.layers]
    layers = [layer for layer in found if layer is not None]
    return Stack(inner, layers) if len(layers) == len(found) else None
