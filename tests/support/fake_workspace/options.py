"""Options as the methods declare them."""

from __future__ import annotations

from jobs.options import OptionInfo

TRAINING = (
    OptionInfo(
        "epochs",
        "Epochs",
        "How many times the model reads all examples.",
        float,
        3.0,
        low=0.1,
        high=100,
    ),
    OptionInfo(
        "learning_rate",
        "Learning rate",
        "How big a step the model takes from each "
        "example. Too big and it forgets, too small and it learns nothing.",
        float,
        2e-3,
        low=1e-6,
        high=1.0,
    ),
    OptionInfo(
        "batch_size",
        "Batch size",
        "How many examples it looks at before it takes a step.",
        int,
        16,
        low=1,
        high=512,
    ),
    OptionInfo(
        "gradient_accumulation",
        "Gradient accumulation",
        "How many batches are put together for one step.",
        int,
        1,
        low=1,
        high=1024,
    ),
    OptionInfo(
        "max_length",
        "Longest example",
        "Tokens of prompt and completion together.",
        int,
        None,
        optional=True,
        low=16,
        high=8192,
    ),
    OptionInfo(
        "schedule",
        "Schedule",
        "How the learning rate falls over the run.",
        str,
        "cosine",
        choices=("linear", "cosine", "constant"),
    ),
)

LORA = (
    OptionInfo(
        "rank",
        "Rank",
        "How much room the adapter has. More room learns more and costs more.",
        int,
        16,
        low=1,
        high=256,
    ),
    OptionInfo(
        "dropout",
        "Dropout",
        "Share of the adapter left out at random in each step.",
        float,
        0.0,
        low=0.0,
        high=0.9,
    ),
    OptionInfo(
        "target_modules",
        "Target modules",
        "Which layers get an adapter; empty is every linear layer.",
        tuple,
        (),
    ),
)

PROMPT = (
    OptionInfo(
        "virtual_tokens",
        "Virtual tokens",
        "How many learnt tokens stand before the prompt.",
        int,
        20,
        low=1,
        high=200,
    ),
    OptionInfo(
        "init_text", "Start from text", "The words that the virtual tokens start as.", str, ""
    ),
)
