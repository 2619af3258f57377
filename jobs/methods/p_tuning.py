"""P-tuning: vectors before the prompt that a small network writes (Liu et al. 2021).

The network adds to the vectors that it reads (Razdaibiedina et al. 2023), and adds nothing at the
start: so the soft prompt begins as words do, and the network only helps it to move together. What
is kept is the soft prompt that it wrote last. Nothing else is needed to answer, so a run of this
method is loaded, mixed and exported as one of prompt tuning.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.methods import adapters
from jobs.methods.prompt_tuning import PromptTuning, PromptTuningOptions, presets
from jobs.options import option
from jobs.types import ModelInfo

if TYPE_CHECKING:
    from peft import PeftModel
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# Learning rate by parameters of the base: the sweep in tests/benchmarks/sweep.md for 8M; above it,
# assumed.
LEARNING_RATE = ((20_000_000, 1e-2), (0, 1e-3))


@dataclass(frozen=True)
class PTuningOptions(PromptTuningOptions):
    """How many vectors there are, where they begin, and how wide the network is."""

    encoder_width: int = option(
        128,
        label="Width of the network",
        help="How much the network that writes the vectors can hold. "
        "It is needed for training only.",
        low=1,
        high=4096,
    )


@dataclass(frozen=True)
class PTuning(PromptTuning):
    """See the head of this file."""

    name: str = "p-tuning"
    title: str = "P-tuning"
    what: str = "Prompt tuning in which a small network writes the prompt's numbers."
    when: str = "When prompt tuning learns too slowly or comes out differently each time."
    order: int = 5
    front: bool = False
    Options: type = PTuningOptions

    def defaults(self, effort: str, rows: int, info: ModelInfo) -> dict[str, Any]:
        """Presets; the table at the head of this file says where the rate comes from."""
        return presets(effort, rows, info, LEARNING_RATE)

    def trainable_parameters(self, info: ModelInfo, options: PromptTuningOptions) -> int:
        """The vectors, and a network of width × hidden there and back with its biases."""
        assert isinstance(options, PTuningOptions)
        width, hidden = options.encoder_width, info.hidden
        return options.virtual_tokens * hidden + 2 * width * hidden + width + hidden

    def attach(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        options: PromptTuningOptions,
        seed: int,
    ) -> PeftModel:
        """A soft prompt that starts as words do, with a network that adds nothing to it yet."""
        assert isinstance(options, PTuningOptions)
        peft_model = super().attach(model, tokenizer, options, seed)
        encoder = peft_model.prompt_encoder["default"]
        encoder.embedding = _written(encoder.embedding, options.encoder_width, seed)
        peft_model.eval()
        return peft_model

    def soft_prompt(self, model: Any) -> Tensor:
        """What the network writes now."""
        encoder = model.prompt_encoder[model.active_adapter]
        table = getattr(encoder.embedding, "table", None)
        vectors: Tensor = encoder.embedding.weight if table is None else table()
        return vectors.detach().float().clone()

    def restore(self, model: PeftModel, folder: Path) -> None:
        """As every method's; the network begins anew, with nothing to add to what was kept."""
        import torch

        written = model.prompt_encoder[model.active_adapter].embedding
        vectors = adapters.soft_prompt_in(model, folder)
        if vectors.shape != written.weight.shape:
            raise adapters.does_not_fit(f"shape {tuple(vectors.shape)}")
        with torch.no_grad():
            written.weight.copy_(vectors)
            written.up.zero_()
            written.shift.zero_()


def _written(start: Any, width: int, seed: int) -> Any:
    """An embedding whose table is `start`'s and what a network adds to it, all in float32.

    With r the vectors brought to mean 0 and variance 1: table = v + U·relu(D·r + d) + u, U and u
    zero at the start.
    """
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Written(nn.Embedding):
        def __init__(self) -> None:
            count, hidden = start.weight.shape
            super().__init__(count, hidden, _weight=start.weight.detach().clone())
            chance = torch.Generator().manual_seed(seed)
            down = torch.randn((width, hidden), generator=chance) * hidden**-0.5
            self.down = nn.Parameter(down.to(start.weight.device))
            self.bias = nn.Parameter(self.weight.new_zeros(width))
            self.up = nn.Parameter(self.weight.new_zeros(hidden, width))
            self.shift = nn.Parameter(self.weight.new_zeros(hidden))

        def table(self) -> Tensor:
            even = F.layer_norm(self.weight, self.weight.shape[-1:])
            return self.weight + F.linear(
                F.relu(F.linear(even, self.down, self.bias)), self.up, self.shift
            )

        def forward(self, input: Tensor) -> Tensor:
            return F.embedding(input, self.table())

    return Written()


method = PTuning()
