"""One loaded base and the variants that answer over it, mixed row by row in one batch.

LoRA adapters are mixed by `mixing.py`. Layers that it does not know (embeddings, convolutions)
choose by PEFT's `adapter_names`, which they take as an argument of their forward; PEFT's own way
to hand it down sets and removes hooks on every layer at every token, so the hooks are set once
here. A soft prompt is only rows of input embeddings, and a prefix only keys and values, so rows
with one and rows without share a batch too, which PEFT by itself refuses.

(This module imports torch.)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from jobs.errors import ModelError, Unavailable
from jobs.evaluation.ahead import Ahead
from jobs.evaluation.answering_layer import answering_layers
from jobs.evaluation.batching import Row
from jobs.evaluation.cache import RoomyLayer, roomy_cache
from jobs.evaluation.last_layer import last_layer
from jobs.evaluation.lean import lean
from jobs.evaluation.mixing import Batch, MixedLinear, can_mix, spans
from jobs.types import Variant

LoadAdapter = Callable[[Any, Variant, str], Any]
"""(model, variant, adapter name) -> a PeftModel with the variant's adapter added, in eval mode."""

BASE = "__base__"  # PEFT's word for a row without adapter


class LoadedBase:
    """A base model in eval mode; `add` variants, `route` rows to them, then call `model`."""

    def __init__(self, model: Any, load_adapter: LoadAdapter) -> None:
        # Frozen, since attention may choose another kernel where weights take gradients: then the
        # base alone and the base beside adapters, which PEFT freezes, would differ in bits.
        self.model = model.requires_grad_(False).eval()
        self._batch = Batch()
        lean(self.model)
        self._layers = answering_layers(self.model, self._batch)
        self._last = last_layer(self.model)
        self.encoder_decoder = bool(model.config.is_encoder_decoder)
        self._load_adapter = load_adapter
        self._lora: Any = None  # the PeftModel that holds all LoRA adapters
        self._names: dict[str, str] = {}  # variant -> adapter name
        self._soft: dict[str, Tensor] = {}  # variant -> soft prompt, virtual tokens x hidden
        self._prefixes: dict[str, Tensor] = {}  # variant -> layers x 2 x heads x tokens x size
        self._known: dict[str, Tensor] = {}  # of what all rows of a variant begin with
        self._hooked: set[nn.Module] = set()
        self._mixed: dict[nn.Module, MixedLinear] = {}
        self._rows: list[str] = []  # adapter name of each row of the batch under way

    @property
    def device(self) -> torch.device:
        found: torch.device = self.model.get_input_embeddings().weight.device
        return found

    def has(self, variant: str) -> bool:
        """Whether `add` has seen the variant."""
        return variant in self._names

    def add(self, variant: Variant) -> None:
        """Load a variant's adapter; one without adapter is the base itself."""
        if self.has(variant.name):
            return
        if variant.adapter is None:
            self._names[variant.name] = BASE
            return
        kind = _peft_type(variant)
        if kind == "LORA":
            self._add_lora(variant)
        elif kind in ("PROMPT_TUNING", "P_TUNING"):
            self._soft[variant.name] = self._soft_prompt(variant)
            self._names[variant.name] = BASE
            if self._layers:
                self._known[variant.name] = self._read_ahead(self._soft[variant.name])
        elif kind == "PREFIX_TUNING":
            self._prefixes[variant.name] = self._prefix(variant)
            self._names[variant.name] = BASE
            if self._layers:
                self._known[variant.name] = self._prefixes[variant.name]
        else:
            raise Unavailable(
                f"“{variant.name}” was tuned by a method that cannot be compared yet.",
                "Leave it out of the comparison.",
                detail=f"peft_type {kind}",
            )

    def virtual_tokens(self, variant: str) -> int:
        """Length of the variant's soft prompt or prefix, 0 for most."""
        if variant in self._prefixes:
            return self._prefixes[variant].shape[3]
        return len(self._soft[variant]) if variant in self._soft else 0

    def ahead(self, row: Row) -> int:
        """How many tokens before a row's ids all rows of its variant share: they need no columns.

        A prompt of no tokens gets its logits from them, so that they have to be its own.
        """
        shared = row.variant in self._known and row.prompt_ids
        return row.virtual_tokens if shared else 0

    def columns(self, row: Row) -> int:
        """How many tokens of a row are read and remembered for itself."""
        return row.length - self.ahead(row)

    def route(self, rows: Sequence[Row]) -> None:
        """Say which variant each row of the next forward belongs to."""
        self._rows = [self._names[row.variant] for row in rows]
        self._batch.spans = spans(self._rows, BASE)
        sharing = spans([row.variant if self.ahead(row) else BASE for row in rows], BASE)
        self._batch.ahead = [Ahead(s.start, s.end, self._known[s.adapter]) for s in sharing]

    def reading(self, rows: Sequence[Row]) -> AbstractContextManager[None]:
        """Inside, logits of the last column alone are wanted of a forward with these prompts.

        A prefix before a prompt of no tokens reaches into that column: then all are computed.
        """
        short = self._last is not None and all(row.prompt_ids for row in rows)
        return self._last.shortly() if short and self._last else nullcontext()

    def embed(self, ids: Tensor, rows: Sequence[Row], starts: Sequence[int]) -> Tensor | None:
        """Input embeddings with each row's soft prompt written at its start; None if no row has
        one, and the ids will do. The places of the soft prompts must be there in `ids`."""
        if not any(row.variant in self._soft and not self.ahead(row) for row in rows):
            return None
        embedded: Tensor = self.model.get_input_embeddings()(ids)
        for place, (row, start) in enumerate(zip(rows, starts, strict=True)):
            if row.variant in self._soft and not self.ahead(row):
                vectors = self._soft[row.variant].to(embedded.dtype)
                embedded[place, start : start + row.virtual_tokens] = vectors
        return embedded

    def remember(self, cache: Any, rows: Sequence[Row], starts: Sequence[int]) -> None:
        """Tell a fresh cache the keys and values of each row's prefix; the hidden states at their
        places are of no use to anybody then."""
        for place, (row, start) in enumerate(zip(rows, starts, strict=True)):
            if row.variant in self._prefixes and not self.ahead(row):
                for layer, (keys, values) in zip(
                    cache.layers, self._prefixes[row.variant], strict=True
                ):
                    layer.know(place, start, keys, values)

    def _add_lora(self, variant: Variant) -> None:
        from peft.tuners.lora.layer import LoraLayer

        name = f"run{len(self._names)}"
        holder = self.model if self._lora is None else self._lora
        self._lora = self._load_adapter(holder, variant, name)
        if self._lora.peft_config[name].use_dora:
            raise Unavailable(
                f"“{variant.name}” is a DoRA adapter, which cannot share a batch.",
                "Leave it out of the comparison.",
            )
        self._lora.eval()  # adding an adapter can leave dropout on
        for module in self.model.modules():
            if isinstance(module, LoraLayer):
                self._take_over(module, name)
        for layer in self._layers:
            layer.learn(name)
        if not all(layer.fits for layer in self._layers):
            for layer in self._layers:  # none may answer without the adapters that come later
                layer.fits = False
            self._layers, self._known = [], {}
        self._names[variant.name] = name

    def _take_over(self, module: Any, adapter: str) -> None:
        """Let the layer choose by row: by slices where it can be done, else by PEFT's own way."""
        if module not in self._hooked and can_mix(module, adapter):
            if module not in self._mixed:
                self._mixed[module] = MixedLinear(module, self._batch)
                module.forward = self._mixed[module]
            self._mixed[module].learn(adapter)
        elif module not in self._hooked:
            if self._mixed.pop(module, None) is not None:
                del module.forward  # an adapter of another kind came later
            module.register_forward_pre_hook(self._hand_down, with_kwargs=True)
            self._hooked.add(module)

    def _hand_down(self, module: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        return args, kwargs | {"adapter_names": self._rows}

    def _soft_prompt(self, variant: Variant) -> Tensor:
        """The vectors as the method's own code computes them; the wrapper around is let go."""
        with torch.inference_mode():
            peft_model = self._load_adapter(self.model, variant, "soft")
            peft_model.eval()
            vectors: Tensor = peft_model.get_prompt(batch_size=1)[0]
            count = peft_model.peft_config["soft"].num_virtual_tokens
        return vectors[:count].detach().clone()

    @torch.inference_mode()
    def _read_ahead(self, soft: Tensor) -> Tensor:
        """Keys and values of a soft prompt in every layer: nothing that follows changes them."""
        cache: Any = roomy_cache(self.model.config, len(soft))
        self._rows, self._batch.spans, self._batch.ahead = [BASE], [], []
        self.model(
            inputs_embeds=soft.to(self.model.dtype)[None],
            attention_mask=torch.ones((1, len(soft)), dtype=torch.long),
            position_ids=torch.arange(len(soft))[None],
            past_key_values=cache,
            use_cache=True,
        )
        return torch.stack([torch.cat([layer.keys, layer.values]) for layer in cache.layers])

    def _prefix(self, variant: Variant) -> Tensor:
        """Keys and values of every layer, as PEFT keeps them laid out anew."""
        layers = roomy_cache(self.model.config, 1).layers
        if not all(isinstance(layer, RoomyLayer) for layer in layers):
            raise Unavailable(
                f"“{variant.name}” was tuned with a prefix, and this model forgets what stands "
                "far back in some of its layers.",
                "Leave it out of the comparison.",
            )
        peft_model = self._load_adapter(self.model, variant, "prefix")
        config = peft_model.peft_config["prefix"]
        table = peft_model.prompt_encoder["prefix"].embedding.weight.detach()
        heads, count = config.num_attention_heads, config.num_virtual_tokens
        whole = table.to(self.model.dtype).view(count, len(layers), 2, heads, -1)
        return whole.permute(1, 2, 3, 0, 4).clone()


def _peft_type(variant: Variant) -> str:
    assert variant.adapter is not None
    try:
        config = json.loads((variant.adapter / "adapter_config.json").read_text(encoding="utf-8"))
        return str(config["peft_type"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The adapter of “{variant.name}” cannot be read.",
            "Train it anew, or leave it out of the comparison.",
            detail=str(error),
        ) from error
