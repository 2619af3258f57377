"""What every training has to choose, whatever the method."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.options import option


@dataclass(frozen=True)
class TrainingOptions:
    """How long, how fast and in what portions a model learns."""

    epochs: float = option(
        3.0,
        label="Epochs",
        help="How many times the model reads all of your training examples.",
        low=0.01,
        high=1000,
    )
    learning_rate: float = option(
        1e-3,
        label="Learning rate",
        help="How big a step the model takes from each batch. Too big and it forgets, "
        "too small and it learns nothing.",
        low=1e-7,
        high=10,
    )
    batch_size: int = option(
        16,
        label="Batch size",
        help="How many examples are read at once. More is quicker and takes more memory.",
        low=1,
        high=1024,
    )
    gradient_accumulation: int = option(
        1,
        label="Gradient accumulation",
        help="How many batches are put together for one step. "
        "Two halves of a batch learn the same as the whole and take less memory.",
        low=1,
        high=1024,
    )
    max_length: int = option(
        1024,
        label="Longest example",
        help="In tokens, prompt and completion together. Longer prompts are shortened; "
        "a completion is never cut.",
        low=16,
        high=1_000_000,
    )
    warmup_share: float = option(
        0.05,
        label="Warm-up",
        help="The part of all steps in which the learning rate rises from zero.",
        low=0,
        high=0.9,
    )
    weight_decay: float = option(
        0.0,
        label="Weight decay",
        help="Pulls the trained weights towards zero a little at each step; 0 is off.",
        low=0,
        high=1,
    )
    max_grad_norm: float = option(
        1.0,
        label="Gradient clipping",
        help="A step longer than this is shortened to it; 0 is off.",
        low=0,
        high=1000,
    )
    schedule: str = option(
        "cosine",
        label="Schedule",
        help="How the learning rate falls after the warm-up.",
        choices=("linear", "cosine", "constant"),
    )
    early_stopping: int = option(
        0,
        label="Early stopping",
        help="Stop after this many validations without a better one; 0 never stops early. "
        "The best checkpoint is kept in any case.",
        low=0,
        high=100,
    )
