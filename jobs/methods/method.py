"""What a tuning method is; a file in this folder that exposes `method` is registered as one.

Beyond its own file a few places know of methods:

- `jobs/evaluation/base.py` answers with adapters by their PEFT type: one of another type can be
  neither compared nor asked until `LoadedBase.add` knows it (`tests/jobs/methods/test_contract.py`
  fails until then);
- `jobs/methods/virtual.py` reads two names of the method's options: `virtual_tokens` are taken off
  the length budget, and `in_cache` says that no hidden state stands where they are;
- `jobs/training/nearest.py` names the methods that it proposes where another does not fit;
- `jobs/training/shared_prompt.py` knows the PEFT types that it can read once for a whole batch (all
  others are trained in the usual way), and `jobs/card.py` that QLoRA's base is loaded in 4 bits.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from jobs.types import DeviceInfo, ModelInfo

if TYPE_CHECKING:
    from peft import PeftModel
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Effort = Literal["quick", "standard", "thorough"]
EFFORTS: tuple[Effort, ...] = ("quick", "standard", "thorough")


class Method(Protocol):
    """A way to teach a model: its options, what it does to the model, how it is kept.

    Nothing here imports torch before `attach` or `save` is called.
    """

    @property
    def name(self) -> str:
        """As the command line has it: "lora"."""

    @property
    def title(self) -> str:
        """As the page has it: "LoRA"."""

    @property
    def what(self) -> str:
        """One line: what it does."""

    @property
    def when(self) -> str:
        """One line: when to choose it."""

    @property
    def front(self) -> bool:
        """Whether it stands in the front row of the page or under "more methods"."""

    @property
    def order(self) -> int:
        """Its place in the row."""

    @property
    def precision_of_base(self) -> Literal["4bit"] | None:
        """The precision that the base must have; None leaves it to the device."""

    @property
    def Options(self) -> type:
        """The frozen dataclass of the method's own options (see `jobs.options`)."""

    def defaults(self, effort: str, rows: int, info: ModelInfo) -> dict[str, Any]:
        """Presets for training options and the method's own, flat, for `rows` training rows."""

    def unavailable(self, device: DeviceInfo, info: ModelInfo) -> str | None:
        """Why it cannot run with this model on this device, as a sentence; None where it can."""

    def trainable_parameters(self, info: ModelInfo, options: Any) -> int:
        """How many weights `attach` will make trainable; read from the weight files' headers."""

    def attach(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        options: Any,
        seed: int,
    ) -> PreTrainedModel | PeftModel:
        """The model with what is trained of it asking for gradients, the same for one seed.

        Comes back in eval mode; the loop switches to train mode by itself.
        """

    def save(self, model: Any, folder: Path) -> None:
        """Write what was trained as safetensors with its configuration, with no path of this
        machine."""


@runtime_checkable
class Adapting(Protocol):
    """A method that leaves the base as it is and keeps an adapter beside it, in float32.

    What other methods keep is a model's folder, and is loaded as a base is.
    """

    def load(self, model: Any, folder: Path, adapter_name: str = "default") -> PeftModel:
        """The base (or a PeftModel that has adapters) with the saved adapter added, in eval mode.

        `adapter_name` is made of letters and digits ("run7"); it becomes active only where it is
        the first. A key that is missing or unexpected is a `ModelError`.
        """


@runtime_checkable
class SoftPrompting(Protocol):
    """A method that teaches by vectors before the prompt, which can be held against words."""

    def soft_prompt(self, model: Any) -> Tensor:
        """A copy of the active adapter's vectors as the model reads them: virtual tokens x hidden,
        float32."""

    def restore(self, model: PeftModel, folder: Path) -> None:
        """Write a saved adapter's weights into the one that `attach` made; as strict as `load`.

        The checkpoint that is kept need not be the last: its vectors are those to be looked at.
        """
