"""Differences between variants as a comparison finds them, for the rules that judge them."""

from __future__ import annotations

from jobs.types import Difference


def made(
    wins: int,
    ties: int,
    losses: int,
    delta: float = 0.1,
    low: float = 0.05,
    high: float = 0.15,
    a: str = "lora-1",
    b: str = "base",
    mean: float = 0.4,
) -> Difference:
    """What `a` is to `b` in word overlap, without what else a bootstrap tells."""
    return Difference(
        a, b, "rougeL", delta, low, high, wins, ties, losses, a_mean=mean + delta, b_mean=mean
    )
