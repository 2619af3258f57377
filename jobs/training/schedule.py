"""What follows from the number of steps alone: the learning rate and when to validate."""

from __future__ import annotations

import math

CHECKS = 8  # validations of a run, the last step's included


def learning_rate(step: int, steps: int, peak: float, warmup_share: float, schedule: str) -> float:
    """The rate of optimizer step `step` (1-based): a linear rise, then the schedule's fall.

    The fall ends at zero one step after the last, so that the last step still moves something.
    """
    warmup = round(steps * warmup_share)
    if step <= warmup:
        return peak * step / warmup
    done = (step - 1 - warmup) / max(1, steps - warmup)
    if schedule == "cosine":
        return peak * 0.5 * (1 + math.cos(math.pi * done))
    return peak * (1 - done) if schedule == "linear" else peak


def checks(steps: int) -> frozenset[int]:
    """The steps after which to validate: `CHECKS` of them, evenly, the last step always."""
    count = min(CHECKS, steps)
    return frozenset(round(steps * (i + 1) / count) for i in range(count))


def validation_rows(available: int, steps: int, rows_per_step: int) -> int:
    """How many validation rows to read each time.

    All of them, unless reading them `CHECKS` times would be more than half of the rows that are
    trained on; but 64 at the least, or the loss says little.
    """
    share = steps * rows_per_step // (2 * min(CHECKS, steps))
    return min(available, max(64, share))
