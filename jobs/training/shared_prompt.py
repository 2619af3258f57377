"""A soft prompt that is read once for all rows of a batch.

PEFT puts the trained vectors before every row, and the model reads them as often as there are rows.
Under causal attention they are the same for each: here they pass through the layers once, and the
rows look at their keys and values (`heads.py`). Of 100 virtual tokens before rows of 50 that is two
thirds of all work, so a batch may be somewhat longer with them than other short rows are.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from jobs.training import decoder_layer
from jobs.training.attention import LONGEST
from jobs.training.batches import Batch

CHILDREN = {"embed_tokens", "layers", "norm", "rotary_emb"}
LIKE = 0.02  # of the largest number; bfloat16 rounds to 0.004 in each layer


class SharedPrompt:
    """A PEFT model whose soft prompt and layers allow it; see `find`."""

    def __init__(self, model: Any, inner: Any, layers: list[decoder_layer.Layer]) -> None:
        self.model, self.inner, self.layers = model, inner, layers

    def serves(self, batch: Batch) -> bool:
        """Whether a batch can go this way."""
        return (
            batch.attention_mask is None
            and batch.decoder_input_ids is None
            and 1 < batch.width <= LONGEST
        )

    @property
    def virtual(self) -> int:
        count: int = self.model.active_peft_config.num_virtual_tokens
        return count

    def hidden(self, batch: Batch) -> Tensor:
        """Hidden states at the label positions as the output embeddings take them."""
        virtual, (rows, length) = self.virtual, batch.input_ids.shape
        words = self.inner.embed_tokens(batch.input_ids).flatten(0, 1)
        vectors = self.model.get_prompt(batch_size=1)[0].to(words.dtype)
        x = torch.cat([vectors, words])
        places = torch.arange(virtual + length, device=x.device)[None]
        cos, sin = self.inner.rotary_emb(x[None], places)
        for layer in self.layers:
            x = layer(x, cos, sin, rows, virtual)
        # The place before a row's first token is the soft prompt's last one, which all rows share.
        at = virtual + batch.rows * length + batch.columns
        at = torch.where(batch.columns < 0, virtual + batch.columns, at)
        picked: Tensor = self.inner.norm(x[at])
        return picked


def find(model: Any) -> SharedPrompt | None:
    """The way for this model; None where it is no soft prompt before layers that are fused."""
    config = getattr(model, "active_peft_config", None)
    if config is None or not config.is_prompt_learning or model.config.is_encoder_decoder:
        return None
    if str(config.peft_type.value) not in ("PROMPT_TUNING", "P_TUNING"):
        return None
    inner: nn.Module = getattr(model.get_base_model(), "model", nn.Identity())
    if {name for name, _ in inner.named_children()} != CHILDREN:
        return None
    found = [decoder_layer.fused(module) for module in inner.layers]  # type: ignore[union-attr]
    layers = [layer for layer in found if layer is not None]
    return SharedPrompt(model, inner, layers) if len(layers) == len(found) else None


def alike(one: Tensor, other: Tensor) -> bool:
    """Whether two ways gave the same hidden states, but for rounding."""
    return float((one - other).abs().max()) <= LIKE * float(other.abs().max())
