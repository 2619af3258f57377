"""The loss on examples that are not trained on."""

from __future__ import annotations

import torch

from jobs.errors import OutOfMemory
from jobs.training import memory, record
from jobs.training.batches import by_tokens, padded
from jobs.training.setup import Training


def validate(training: Training) -> float | None:
    """Total negative log-likelihood over total label tokens; None if a stop request came.

    The mean of batch means would depend on the batch size. Dropout is off meanwhile.
    """
    rows, virtual = training.held_out, training.plan.virtual_tokens
    lengths = [row.length + virtual for row in rows]
    widest = padded(max(training.lengths)) * training.progress.rows_at_once
    training.model.eval()
    try:
        while True:
            try:
                total = _sum(training, by_tokens(lengths, widest))
                break
            except (RuntimeError, MemoryError) as error:
                if not memory.is_exhausted(error):
                    raise
                if widest <= max(lengths):
                    raise OutOfMemory(
                        f"A validation example of {max(lengths):,} tokens needs more memory "
                        "than there is.",
                        "Lower the option max_length, or choose a smaller model.",
                    ) from error
            widest //= 2
    finally:
        training.model.train()
    return None if total is None else total / sum(len(row.completion_ids) for row in rows)


def _sum(training: Training, batches: list[list[int]]) -> float | None:
    training.reporter.phase("Checking on the validation examples", len(training.held_out))
    total, done = 0.0, 0
    with torch.no_grad():
        for batch in batches:
            if training.reporter.stop_requested():
                return None
            total += float(training.loss(training.collate([training.held_out[i] for i in batch])))
            done += len(batch)
            training.reporter.progress(done, len(training.held_out), record.left(training))
    return total
