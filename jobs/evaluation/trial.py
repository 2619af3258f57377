"""Whether a model in which something was changed for answering still gives the same logits.

(This module imports torch.)
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from jobs.evaluation.cache import roomy_cache

CLOSE = 1e-4  # of the largest logit, how far two ways of computing may lie apart
TRIAL = ((0, 0, 1, 1, 1, 1), (1, 1, 1, 1, 1, 1))  # masks of two rows that are tried, left-padded


def trial(model: Any) -> list[Tensor]:
    """Logits behind two prompts, and behind one token more."""
    mask = torch.tensor(TRIAL)
    ids = torch.arange(mask.numel()).view_as(mask) % len(model.get_input_embeddings().weight)
    cache = roomy_cache(model.config, mask.shape[1] + 1)
    first = model(input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True)
    mask = torch.cat([mask, mask[:, -1:]], dim=1)
    cache = first.past_key_values
    then = model(input_ids=ids[:, :1], attention_mask=mask, past_key_values=cache, use_cache=True)
    return [first.logits[:, -1], then.logits[:, -1]]


def still_alike(model: Any, wanted: list[Tensor]) -> bool:
    """Whether it does, of what `trial` gave before; no where its code cannot take the change."""
    try:
        return all(map(alike, trial(model), wanted))
    except (AttributeError, IndexError, TypeError, ValueError, RuntimeError):
        return False


def alike(a: Tensor, b: Tensor) -> bool:
    """The same but for rounding, which a large logit passes on to all."""
    return bool((a - b).abs().max() <= CLOSE * b.abs().max())
