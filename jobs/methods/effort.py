"""How long and in what portions to train: from effort, rows and size of the model."""

from __future__ import annotations

from typing import Any

from jobs.types import ModelInfo

# What an effort means, for every method; numbers from the pilot runs of `defaults` in each method.
QUICK_STEPS = 200  # an 8M model on two cores takes them in half a minute
FEWEST_STEPS = 40  # below, even a high learning rate leaves a soft prompt where it was
MOST_EPOCHS = 12.0  # of few rows: more only learns them by heart
LONGEST = 1024  # tokens of an example; the model's own limit where that is lower


def longest_read(info: ModelInfo) -> int:
    """Tokens of an example that a run reads unless it is told otherwise."""
    return info.at_most(LONGEST)


def lengths_and_steps(
    effort: str, rows: int, info: ModelInfo, *, epochs: dict[str, float]
) -> dict[str, Any]:
    """Epochs, batch size, longest example and patience, as flat training options.

    `epochs` holds the epochs an effort asks for. Few rows get smaller batches and, if need be,
    more epochs, so that there are at least `FEWEST_STEPS`; the quick effort ends at about
    `QUICK_STEPS`, in mid-epoch where there are many rows.
    """
    rows = max(1, rows)
    batch = 16 if rows >= 240 else 8 if rows >= 80 else 4
    wanted = max(epochs[effort], min(MOST_EPOCHS, FEWEST_STEPS * batch / rows))
    if effort == "quick":
        wanted = min(wanted, QUICK_STEPS * batch / rows)
    return {
        "epochs": round(max(wanted, 0.01), 2),
        "batch_size": batch,
        "max_length": longest_read(info),
        "early_stopping": 3 if effort == "thorough" else 0,
    }


def by_size(info: ModelInfo, table: tuple[tuple[int, float], ...]) -> float:
    """The value of the first entry (largest parameter count, value) that holds the model.

    A model of unknown size counts as the largest: its value is the most careful one.
    """
    for largest, value in table[:-1]:
        if 0 < info.parameters <= largest:
            return value
    return table[-1][1]
