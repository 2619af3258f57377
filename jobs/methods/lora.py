"""LoRA: two thin matrices beside each linear layer of the frozen base (Hu et al. 2021)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.errors import InputError
from jobs.methods import adapters
from jobs.methods.effort import by_size, lengths_and_steps
from jobs.models import shapes
from jobs.options import option
from jobs.types import DeviceInfo, ModelInfo

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# Learning rate by parameters of the base. 8M: the sweep in tests/benchmarks/sweep.md;
# above: the usual published settings, which fall with size (QLoRA, Dettmers et al. 2023, table 9:
# 2e-4 up to 13B, half beyond).
LEARNING_RATE = (
    (20_000_000, 3e-3),
    (200_000_000, 1e-3),
    (600_000_000, 5e-4),
    (2_000_000_000, 3e-4),
    (13_000_000_000, 2e-4),
    (0, 1e-4),
)
# From the same sweep: 6 epochs learn the harder sample whole where 3 leave a twentieth, and forget
# hardly more; ranks from 4 to 64 differ by chance. Against TRL with PEFT's defaults, on
# test prompts: tests/benchmarks/quality.md.
EPOCHS = {"quick": 4.0, "standard": 6.0, "thorough": 12.0}
RANK = 16


@dataclass(frozen=True)
class LoraOptions:
    """How large the trained matrices are and where they stand."""

    rank: int = option(
        RANK,
        label="Rank",
        help="Width of the trained matrices. Higher can learn more and takes more memory.",
        low=1,
        high=1024,
    )
    alpha: float = option(
        32.0,
        label="Alpha",
        help="How strongly what is learnt weighs; what counts is alpha divided by rank.",
        low=0.01,
        high=4096,
    )
    dropout: float = option(
        0.0,
        label="Dropout",
        help="Share of inputs that are left out at random while training, against learning "
        "by heart.",
        low=0,
        high=0.9,
    )
    target_modules: tuple[str, ...] = option(
        (),
        label="Layers",
        help="Names of the layers that small matrices are trained beside, with commas between. "
        "Leave empty for every linear layer.",
    )


@dataclass(frozen=True)
class LowRank:
    """LoRA over a base in any precision; QLoRA is the same over a 4-bit base."""

    name: str
    title: str
    what: str
    when: str
    order: int
    precision_of_base: Any = None
    front: bool = True
    Options: type = LoraOptions

    def defaults(self, effort: str, rows: int, info: ModelInfo) -> dict[str, Any]:
        """Presets; the tables at the head of this file say where they come from."""
        return lengths_and_steps(effort, rows, info, epochs=EPOCHS) | {
            "learning_rate": by_size(info, LEARNING_RATE),
            "rank": RANK,
            "alpha": 2.0 * RANK,
            "dropout": 0.05 if effort == "thorough" else 0.0,
        }

    def unavailable(self, device: DeviceInfo, info: ModelInfo) -> str | None:
        """The probe's reason where the base must be in 4 bits and that does not work here."""
        return device.four_bit if self.precision_of_base == "4bit" else None

    def trainable_parameters(self, info: ModelInfo, options: LoraOptions) -> int:
        """A layer of n inputs and m outputs gets matrices of rank × n and m × rank.

        A layer that the model does not have is an `InputError`, before anything starts.
        """
        layers = shapes.linear_layers(info)
        if info.path is not None:  # else the names are not known yet, only the sizes
            _check_targets([t for t in options.target_modules if t != "lm_head"], layers)
        chosen = [s for n, s in layers.items() if _is_target(n, options.target_modules)]
        return options.rank * sum(inputs + outputs for outputs, inputs in chosen)

    def attach(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        options: LoraOptions,
        seed: int,
    ) -> PeftModel:
        """LoRA on every linear layer but the output embedding, or on the chosen ones."""
        adapters.prepare()
        from peft import LoraConfig

        config = LoraConfig(
            r=options.rank,
            lora_alpha=options.alpha,
            lora_dropout=options.dropout,
            target_modules=_targets(model, options.target_modules),
            task_type=adapters.task_type(model.config.is_encoder_decoder),
        )
        return adapters.attach(model, config, seed)

    def load(self, model: Any, folder: Path, adapter_name: str = "default") -> PeftModel:
        """See `adapters.load`."""
        return adapters.load(model, folder, adapter_name, "LORA")

    def save(self, model: PeftModel, folder: Path) -> None:
        """See `adapters.save`."""
        adapters.save(model, folder)


def _targets(model: PreTrainedModel, wanted: tuple[str, ...]) -> str | list[str]:
    """PEFT's `target_modules`; each wanted name must be the end of a linear layer's name.

    PEFT by itself is content when one of the names is found.
    """
    if not wanted:
        return "all-linear"
    import torch
    from transformers.pytorch_utils import Conv1D

    kinds = (torch.nn.Linear, Conv1D)
    names = [n for n, m in model.named_modules() if isinstance(m, kinds)]
    head = model.get_output_embeddings()
    own = [n for n in names if model.get_submodule(n) is not head]
    _check_targets([t for t in wanted if not any(_is_target(n, (t,)) for n in names)], own)
    return list(wanted)


def _check_targets(wanted: Collection[str], layers: Collection[str]) -> None:
    """Each wanted name must be the end of one of these."""
    for target in wanted:
        if not any(_is_target(name, (target,)) for name in layers):
            own = sorted({name.split(".")[-1] for name in layers})
            raise InputError(
                f"The model has no linear layer “{target}”.",
                f"Use some of: {', '.join(own)}; or leave it empty for all of them.",
            )


def _is_target(name: str, targets: tuple[str, ...]) -> bool:
    return not targets or any(name == t or name.endswith(f".{t}") for t in targets)


method = LowRank(
    name="lora",
    title="LoRA",
    what="Adds small trained matrices beside the model's own weights, which stay as they are.",
    when="The usual choice: learns new styles, formats and tasks, and trains quickly.",
    order=1,
)
