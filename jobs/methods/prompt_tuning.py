"""Prompt tuning: trained vectors before the prompt, the model untouched (Lester et al. 2021).

Causal models read them before the prompt. Encoder-decoder models read them before the encoder's
input alone: PEFT makes a second set for the decoder by default, which it then never uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.methods import adapters
from jobs.methods.effort import by_size, lengths_and_steps
from jobs.options import option
from jobs.types import DeviceInfo, ModelInfo

if TYPE_CHECKING:
    from peft import PeftModel
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# Learning rate by parameters of the base, for AdamW. 8M: the sweep in tests/benchmarks/sweep.md,
# where 0.03, 0.1 and 0.3 did alike. Above: Lester et al. 2021 train with 0.3 under Adafactor, whose
# steps are scaled to the weights; published settings for Adam range from 1e-3 to 0.1.
LEARNING_RATE = ((20_000_000, 0.1), (600_000_000, 0.05), (0, 0.03))
EPOCHS = {"quick": 4.0, "standard": 6.0, "thorough": 12.0}
# The sweep: of 5 to 100 the most learn most and cost little, since they are read once a batch. 100
# is what the authors settled on as well (Lester et al. 2021, section 3.2). Against TRL with PEFT's
# defaults, on test prompts: tests/benchmarks/quality.md.
VIRTUAL_TOKENS = 100
SHARE = 8  # of the length budget at most one in so many, for models that hold little
INIT_TEXT = "Read the text and write the best answer to it, in the right form."


@dataclass(frozen=True)
class PromptTuningOptions:
    """How many vectors are trained and where they begin."""

    virtual_tokens: int = option(
        VIRTUAL_TOKENS,
        label="Virtual tokens",
        help="How many trained vectors stand before the prompt. "
        "They take this much of the model's length.",
        low=1,
        high=200,
    )
    init_text: str = option(
        INIT_TEXT,
        label="Start from",
        help="The vectors begin as the words of this text, repeated or cut to fit. "
        "Leave empty to begin with words at random.",
    )


@dataclass(frozen=True)
class PromptTuning:
    """See the head of this file."""

    name: str = "prompt-tuning"
    title: str = "Prompt tuning"
    what: str = "Learns a prompt made of numbers instead of words; the model stays as it is."
    when: str = (
        "When the model can do the task already and only needs to be told. "
        "Small models cannot be taught anything new this way."
    )
    order: int = 3
    front: bool = True
    precision_of_base: Any = None
    Options: type = PromptTuningOptions

    def defaults(self, effort: str, rows: int, info: ModelInfo) -> dict[str, Any]:
        """Presets; the tables at the head of this file say where they come from."""
        return presets(effort, rows, info, LEARNING_RATE)

    def unavailable(self, device: DeviceInfo, info: ModelInfo) -> str | None:
        """It runs wherever the model does."""
        return None

    def trainable_parameters(self, info: ModelInfo, options: PromptTuningOptions) -> int:
        """A vector of the model's width for each virtual token."""
        return options.virtual_tokens * info.hidden

    def attach(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        options: PromptTuningOptions,
        seed: int,
    ) -> PeftModel:
        """A soft prompt that starts as the embeddings of `init_text`, or of random words.

        PEFT would tokenize the text with its beginning and end tokens in it, and would look for
        the tokenizer in a folder; so the vectors are written here.
        """
        adapters.prepare()
        import torch
        from peft import PromptTuningConfig

        config = PromptTuningConfig(
            task_type=adapters.task_type(model.config.is_encoder_decoder),
            num_virtual_tokens=options.virtual_tokens,
            num_transformer_submodules=1,
            token_dim=model.get_input_embeddings().weight.shape[1],
        )
        peft_model = adapters.attach(model, config, seed)
        ids = start_ids(tokenizer, options, model.get_input_embeddings().weight.shape[0], seed)
        _use_input_embeddings(peft_model)
        with torch.no_grad():
            vectors = peft_model.word_embeddings(ids.to(model.device)).float()
            peft_model.prompt_encoder["default"].embedding.weight.copy_(vectors)
        return peft_model

    def soft_prompt(self, model: Any) -> Tensor:
        """The vectors themselves: nothing computes them."""
        vectors: Tensor = model.prompt_encoder[model.active_adapter].embedding.weight
        return vectors.detach().float().clone()

    def load(self, model: Any, folder: Path, adapter_name: str = "default") -> PeftModel:
        """See `adapters.load`."""
        peft_model = adapters.load(model, folder, adapter_name, "PROMPT_TUNING")
        _use_input_embeddings(peft_model)
        return peft_model

    def restore(self, model: PeftModel, folder: Path) -> None:
        """See `adapters.restore`."""
        adapters.restore(model, folder)

    def save(self, model: PeftModel, folder: Path) -> None:
        """See `adapters.save`."""
        adapters.save(model, folder)


def presets(
    effort: str, rows: int, info: ModelInfo, rates: tuple[tuple[int, float], ...]
) -> dict[str, Any]:
    """What the methods that put virtual tokens before a prompt begin with; `rates` as `by_size`
    takes them."""
    values = lengths_and_steps(effort, rows, info, epochs=EPOCHS)
    return values | {
        "learning_rate": by_size(info, rates),
        "virtual_tokens": max(1, min(VIRTUAL_TOKENS, values["max_length"] // SHARE)),
    }


def start_ids(
    tokenizer: PreTrainedTokenizerBase, options: PromptTuningOptions, vocabulary: int, seed: int
) -> Tensor:
    """Token ids that the soft prompt begins with, `virtual_tokens` of them."""
    import torch

    count = options.virtual_tokens
    words = tokenizer(options.init_text, add_special_tokens=False)["input_ids"]
    if words:
        return torch.tensor([words[i % len(words)] for i in range(count)])
    known = sorted(set(range(min(vocabulary, len(tokenizer)))) - set(tokenizer.all_special_ids))
    picks = torch.randint(len(known), (count,), generator=torch.Generator().manual_seed(seed))
    return torch.tensor(known)[picks]


def _use_input_embeddings(model: PeftModel) -> None:
    """PEFT guesses the word embeddings by their size; the model knows which they are."""
    model.word_embeddings = model.get_base_model().get_input_embeddings()


method = PromptTuning()
