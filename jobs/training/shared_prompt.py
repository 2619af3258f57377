"""A soft prompt that is read once for all rows of a batch.

PEFT puts the trained vectors before every row, and the model reads them as often as there are rows.
Under causal attention they are the same for each: here they pass through the layers once, and the
rows look at their keys and values (`heads.py`). Of 100 virtual tokens before rows of 50 that is two
thirds of all work, so a batch may be somewhat longer with them than other short rows are.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from jobs.training.batches import Batch
from jobs.training.packed import Stack, stack

LIKE = 0.02  # of the largest number; bfloat16 rounds to 0.004 in each layer


class SharedPrompt:
    """A PEFT model whose soft prompt and layers allow it; see `find`."""

    def __init__(self, model: Any, layers: Stack) -> None:
        self.model, self.stack = model, layers

    def serves(self, batch: Batch) -> bool:
        """Whether a batch can go this way."""
        return self.stack.serves(batch, self.virtual)

    @property
    def virtual(self) -> int:
        count: int = self.model.active_peft_config.num_virtual_tokens
        return count

    def hidden(self, batch: Batch) -> Tensor:
        """Hidden states at the label positions as the output embeddings take them."""
        return self.stack.hidden(batch, self.model.get_prompt(batch_size=1)[0])


def find(model: Any) -> SharedPrompt | None:
    """The way for this model; None where it is no soft prompt before layers that are fused."""
    if not is_prompted(model) or model.config.is_encoder_decoder:
        return None
    if str(model.active_peft_config.peft_type.value) not in ("PROMPT_TUNING", "P_TUNING"):
        return None
    layers = stack(model)
    return None if layers is None else SharedPrompt(model, layers)


def is_prompted(model: Any) -> bool:
    """Whether anything stands before the rows of a batch that is not among their tokens."""
    config = getattr(model, "active_peft_config", None)
    return config is not None and bool(config.is_prompt_learning)


def alike(one: Tensor, other: Tensor) -> bool:
    """Whether two ways gave the same hidden states, but for rounding."""
    return float((one - other).abs().max()) <= LIKE * float(other.abs().max())
