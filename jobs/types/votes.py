"""Which of two answers a person found better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VoteChoice = Literal["left", "right", "tie", "bad"]
CHOICES: tuple[str, ...] = ("left", "right", "tie", "bad")


@dataclass(frozen=True)
class Vote:
    """Which of two answers a person found better; left and right are variants."""

    created: float
    voter: str
    position: int  # of the prompt
    left: str
    right: str
    choice: VoteChoice
