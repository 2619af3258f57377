"""Prefix tuning: trained keys and values before the prompt, in every layer (Li and Liang 2021).

They begin as the keys and values of a text, which is as if the text stood before each prompt; the
authors found that to train better than a random start. They live in the cache of keys and values,
so no hidden state stands where they are, and a model must be causal to have them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from jobs.errors import Unavailable
from jobs.methods import adapters
from jobs.methods.prompt_tuning import PromptTuningOptions, presets, start_ids
from jobs.types import DeviceInfo, ModelInfo

if TYPE_CHECKING:
    from peft import PeftModel
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# Learning rate by parameters of the base: the sweep in tests/benchmarks/sweep.md for 8M; above it,
# assumed to fall as that of prompt tuning does.
LEARNING_RATE = ((20_000_000, 0.1), (600_000_000, 3e-2), (0, 1e-2))
CURE = "Choose LoRA, which works with every model, or prompt tuning."


@dataclass(frozen=True)
class PrefixTuningOptions(PromptTuningOptions):
    """How many keys and values a layer gets and where they begin."""

    in_cache: ClassVar[bool] = True  # see `jobs.methods.virtual`


@dataclass(frozen=True)
class PrefixTuning:
    """See the head of this file."""

    name: str = "prefix-tuning"
    title: str = "Prefix tuning"
    what: str = "Learns what every layer remembers of a prompt that was never written."
    when: str = "When prompt tuning is too weak and the model's own weights shall stay as they are."
    order: int = 4
    front: bool = False
    precision_of_base: Any = None
    Options: type = PrefixTuningOptions

    def defaults(self, effort: str, rows: int, info: ModelInfo) -> dict[str, Any]:
        """Presets; the table at the head of this file says where the rate comes from."""
        return presets(effort, rows, info, LEARNING_RATE)

    def unavailable(self, device: DeviceInfo, info: ModelInfo) -> str | None:
        """Encoder-decoder models keep a cache for each side, which nothing here fills."""
        if info.kind == "encoder-decoder":
            return f"Prefix tuning needs a model without an encoder. {CURE}"
        return None

    def trainable_parameters(self, info: ModelInfo, options: PrefixTuningOptions) -> int:
        """A key and a value for each virtual token, key-value head and layer."""
        size = info.hidden // max(1, info.heads)
        return options.virtual_tokens * info.layers * 2 * (info.kv_heads or info.heads) * size

    def attach(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        options: PrefixTuningOptions,
        seed: int,
    ) -> PeftModel:
        """Keys and values that start as those of `init_text`, or of random words."""
        adapters.prepare()
        import torch
        from peft import PrefixTuningConfig

        if model.config.is_encoder_decoder:
            raise Unavailable("Prefix tuning needs a model without an encoder.", CURE)
        ids = start_ids(tokenizer, options, model.get_input_embeddings().weight.shape[0], seed)
        start = _remembered(model, ids)
        config = PrefixTuningConfig(
            task_type=adapters.task_type(False), num_virtual_tokens=options.virtual_tokens
        )
        peft_model = adapters.attach(model, config, seed)
        table = peft_model.prompt_encoder["default"].embedding.weight
        if table.shape != start.shape:
            raise Unavailable(
                "This model's layers do not all keep keys and values of one shape, "
                "which prefix tuning needs.",
                CURE,
            )
        with torch.no_grad():
            table.copy_(start)
        return peft_model

    def load(self, model: Any, folder: Path, adapter_name: str = "default") -> PeftModel:
        """See `adapters.load`."""
        return adapters.load(model, folder, adapter_name, "PREFIX_TUNING")

    def save(self, model: PeftModel, folder: Path) -> None:
        """See `adapters.save`."""
        adapters.save(model, folder)


def _remembered(model: Any, ids: Tensor) -> Tensor:
    """Keys and values of a text as PEFT lays them out: tokens x (layer, key and value, head, size),
    float32."""
    import torch

    with torch.no_grad():
        cache = model(input_ids=ids[None].to(model.device), use_cache=True).past_key_values
    layers = [side[0].transpose(0, 1) for layer in cache.layers for side in _sides(layer)]
    if len({side.shape for side in layers}) > 1 or layers[0].shape[0] != len(ids):
        raise Unavailable("This model does not keep all keys and values of a text.", CURE)
    return torch.stack(layers, dim=1).flatten(1).float()


def _sides(layer: Any) -> tuple[Tensor, Tensor]:
    return layer.keys, layer.values


method = PrefixTuning()
