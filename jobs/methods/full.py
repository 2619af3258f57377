"""Full fine-tuning: every weight of the model is trained, and what comes out is a model of its own.

It is kept as a folder that transformers loads by itself, in float32, since what training changes
is smaller than what bfloat16 can tell apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.errors import Unavailable
from jobs.methods.effort import by_size, lengths_and_steps
from jobs.models.libraries import quiet
from jobs.types import DeviceInfo, ModelInfo

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# Learning rate by parameters of the base: the sweep in tests/benchmarks/sweep.md for 8M; above it,
# assumed to fall towards the 2e-5 that instruction tuning of 7B models made usual (Taori et al.
# 2023, Alpaca).
LEARNING_RATE = (
    (20_000_000, 3e-4),
    (200_000_000, 1e-4),
    (2_000_000_000, 5e-5),
    (0, 2e-5),
)
EPOCHS = {"quick": 3.0, "standard": 3.0, "thorough": 6.0}
WHOLE = 2**50  # bytes: one file, whatever the size


@dataclass(frozen=True)
class FullOptions:
    """There is nothing to choose beside what every training has."""


@dataclass(frozen=True)
class Full:
    """See the head of this file."""

    name: str = "full"
    title: str = "Full fine-tuning"
    what: str = "Changes every weight of the model and keeps the whole of it."
    when: str = "For small models: it can learn the most, and takes far more memory and disk."
    order: int = 6
    front: bool = False
    precision_of_base: Any = None
    Options: type = FullOptions

    def defaults(self, effort: str, rows: int, info: ModelInfo) -> dict[str, Any]:
        """Presets; the table at the head of this file says where the rate comes from."""
        return lengths_and_steps(effort, rows, info, epochs=EPOCHS) | {
            "learning_rate": by_size(info, LEARNING_RATE),
        }

    def unavailable(self, device: DeviceInfo, info: ModelInfo) -> str | None:
        """It runs wherever the model does; whether memory suffices is for the forecast to say."""
        return None

    def trainable_parameters(self, info: ModelInfo, options: FullOptions) -> int:
        """All of them."""
        return info.parameters

    def attach(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        options: FullOptions,
        seed: int,
    ) -> PreTrainedModel:
        """The model itself, with all its weights trainable; there is nothing to draw by the seed.

        A base that is packed into 4 bits cannot be trained: `Unavailable`.
        """
        if getattr(model, "is_quantized", False):
            raise Unavailable(
                "Weights that are packed into 4 bits cannot be trained themselves.",
                "Choose QLoRA, or full fine-tuning over the model as it is.",
            )
        model.requires_grad_(True)
        model.eval()
        return model

    def save(self, model: PreTrainedModel, folder: Path) -> None:
        """Write config.json and model.safetensors, as any model's folder has them."""
        with quiet():
            model.save_pretrained(folder, max_shard_size=WHOLE)


method = Full()
