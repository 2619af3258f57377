"""How surprised each variant is by the reference: its negative log-likelihood after the prompt.

The prompt has just been read for the answer, so the reference is read on from there, on a branch
of the stream that is thrown away.

(This module imports torch.)
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from jobs.evaluation.streams import Stream

LOGITS_AT_ONCE = 256_000_000  # bytes of logits that may lie in memory


@torch.inference_mode()
def surprise(under_way: Stream, logits: Tensor, targets: Sequence[Sequence[int]]) -> list[float]:
    """Nats of each row's target, summed over its tokens; 0 for a row without one.

    `logits` are those after the prompt, rows x vocabulary. Targets are right-padded beside each
    other: what stands after a row's end is read too, and cannot reach back.
    """
    longest = max(map(len, targets))
    found = torch.zeros(len(targets), dtype=torch.float64)
    if not longest:
        return found.tolist()
    ids = torch.zeros((len(targets), longest), dtype=torch.long)
    for place, target in enumerate(targets):
        ids[place, : len(target)] = torch.tensor(target, dtype=torch.long)
    there = torch.arange(longest) < torch.tensor([len(target) for target in targets])[:, None]
    found += _nats(logits[:, None], ids[:, :1], there[:, :1])
    if longest == 1:
        return found.tolist()
    branch = under_way.branch()
    block = max(1, LOGITS_AT_ONCE // (logits.numel() * 4))
    for start in range(0, longest - 1, block):
        end = min(start + block, longest - 1)
        after = branch.advance(ids[:, start:end].to(logits.device))
        found += _nats(after, ids[:, start + 1 : end + 1], there[:, start + 1 : end + 1])
    return found.tolist()


def _nats(logits: Tensor, ids: Tensor, there: Tensor) -> Tensor:
    """Summed over tokens: rows x tokens x vocabulary against rows x tokens."""
    wanted = ids.to(logits.device)[:, :, None]
    scores = logits.float()
    nats = scores.logsumexp(dim=-1) - scores.gather(-1, wanted)[:, :, 0]
    return torch.where(there, nats.double().cpu(), 0.0).sum(dim=1)
