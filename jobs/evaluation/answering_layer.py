"""A decoder layer of the Llama kind that only answers, with the adapters of a mixed batch.

Module by module, a layer is some hundred small calls a token: each adapter of each linear layer is
asked for itself, queries and keys are turned by a dozen passes, sums are tensors of their own. Here
layers that read the same input are one product, and so are their adapters; residual sums are made
inside the products, and what all rows of a variant begin with is looked at once (`ahead.py`).

Only in float32 on a processor, and only where a trial of the whole model gives the same logits;
layers of another make, and calls of another kind, take the model's own way.

(This module imports torch.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, silu
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from jobs.evaluation import ahead
from jobs.evaluation.cache import can_take, roomy_cache
from jobs.evaluation.lean import is_silu
from jobs.evaluation.mixing import Batch, can_mix
from jobs.evaluation.trial import still_alike, trial
from jobs.training import llama
from jobs.training.projections import Product, stackable

# Which of `llama.linears` read the same input.
GROUPS = (slice(0, 3), slice(3, 4), slice(4, 6), slice(6, 7))


class Joint:
    """Linear layers over one input as one product; an adapter adds its share to its own rows."""

    def __init__(self, layers: Sequence[nn.Linear], batch: Batch) -> None:
        self._product = Product(layers)
        self._outputs = [layer.out_features for layer in layers]
        self._batch = batch
        self._adapters: dict[str, tuple[Tensor, Tensor]] = {}

    def learn(self, adapter: str, layers: Sequence[Any]) -> None:
        """Take over what an adapter adds to these layers, those it leaves alone among them."""
        pairs = [_pair(layer, adapter) for layer in layers]
        found = [pair for pair in pairs if pair is not None]
        if not found:
            return
        ranks = sum(len(a) for a, _ in found)
        whole = found[0][1].new_zeros((sum(self._outputs), ranks))
        row = column = 0
        for pair, outputs in zip(pairs, self._outputs, strict=True):
            if pair is not None:
                rank = len(pair[0])
                whole[row : row + outputs, column : column + rank] = pair[1]
                column += rank
            row += outputs
        self._adapters[adapter] = torch.cat([a for a, _ in found]).t(), whole.t()

    def __call__(self, x: Tensor, tokens: int, onto: Tensor | None = None) -> Tensor:
        """The outputs beside one another for `x` of [rows x tokens, inputs], added to `onto`."""
        matrix, bias = self._product.matrix, self._product.bias
        y = linear(x, matrix, bias) if onto is None else torch.addmm(onto, x, matrix.t())
        for span in self._batch.spans:
            own = self._adapters.get(span.adapter)
            if own is not None:
                there = slice(span.start * tokens, span.end * tokens)
                y[there].addmm_(torch.mm(x[there], own[0]), own[1])
        return y


class AnsweringLayer:
    """The forward of a decoder layer; it stands on the model's own weights."""

    def __init__(self, module: Any, batch: Batch) -> None:
        self._module, self._batch = module, batch
        self._own: Callable[..., Any] = module.forward
        linears = llama.linears(module)
        self._joints = [Joint(linears[group], batch) for group in GROUPS]
        attention = module.self_attn
        self._size, self._scale = int(attention.head_dim), float(attention.scaling)
        self._place = int(attention.layer_idx)
        self._queries = attention.q_proj.out_features // self._size
        self._shared = attention.k_proj.out_features // self._size
        self._silu = is_silu(module.mlp.act_fn)
        self.fits = True

    @torch.no_grad()
    def learn(self, adapter: str) -> None:
        """Take over an adapter that has been added to the model; the layer goes its own way from
        then on if it cannot."""
        layers = llama.linears(self._module)
        if not all(type(x) is nn.Linear or _plain(x, adapter) for x in layers):
            self.fits = False
            return
        for group, joint in zip(GROUPS, self._joints, strict=True):
            joint.learn(adapter, layers[group])

    def __call__(self, hidden_states: Tensor, *others: Any, **named: Any) -> Tensor:
        """As transformers calls a decoder layer: the hidden states, and all else by its name."""
        if others or not self.fits or named.get("past_key_values") is None:
            found: Tensor = self._own(hidden_states, *others, **named)
            return found
        mask, cache = named.get("attention_mask"), named["past_key_values"]
        rows, tokens, width = hidden_states.shape
        qkv, out, inner, down = self._joints
        x = hidden_states.reshape(-1, width)
        read = qkv(self._module.input_layernorm(x), tokens).view(rows, tokens, -1, self._size)
        query, key = self._turned(read, *named["position_embeddings"])
        value = read[:, :, self._queries + self._shared :].transpose(1, 2)
        own = cache.update(key, value, self._place)
        seen = self._look(query, own, mask).view(rows * tokens, -1)
        middle = out(seen, tokens, onto=x)
        gate, up = inner(self._module.post_attention_layernorm(middle), tokens).chunk(2, dim=1)
        opened = silu(gate, inplace=True) if self._silu else self._module.mlp.act_fn(gate)
        return down(opened.mul_(up), tokens, onto=middle).view(hidden_states.shape)

    def _turned(self, read: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
        """Queries and keys, [rows, heads, tokens, size], turned by their positions: halves (a, b)
        become (a cos - b sin, b cos + a sin)."""
        half = self._size // 2
        both = read[:, :, : self._queries + self._shared]
        turned = both * cos[:, :, None]
        turned[..., :half].addcmul_(both[..., half:], sin[:, :, None, :half], value=-1)
        turned[..., half:].addcmul_(both[..., :half], sin[:, :, None, half:])
        turned = turned.transpose(1, 2)
        return turned[:, : self._queries], turned[:, self._queries :]

    def _look(self, query: Tensor, own: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        """[rows, tokens, heads x size]"""
        if not self._batch.ahead:
            return self._plainly(query, own, mask)
        found, done = [], 0
        for start, end, known in self._batch.ahead:
            if done < start:
                found.append(self._plainly(*_part(query, own, mask, done, start)))
            one = _part(query, own, mask, start, end)
            found.append(ahead.look(*one, known[self._place], self._scale))
            done = end
        if done < len(query):
            found.append(self._plainly(*_part(query, own, mask, done, len(query))))
        return found[0] if len(found) == 1 else torch.cat(found)

    def _plainly(self, query: Tensor, own: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        attention = self._module.self_attn
        seen, _ = sdpa_attention_forward(attention, query, *own, mask, scaling=self._scale)
        return seen.flatten(2)


@torch.no_grad()
def answering_layers(model: Any, batch: Batch) -> list[AnsweringLayer]:
    """Let all layers of a causal model take this way; none where one of them is of another make,
    or where a trial gives other logits."""
    modules = _layers(model)
    if not modules:
        return []
    wanted = trial(model)
    layers = [AnsweringLayer(module, batch) for module in modules]
    for module, layer in zip(modules, layers, strict=True):
        module.forward = layer
    if not still_alike(model, wanted):
        for module in modules:
            del module.forward
        return []
    return layers


def _layers(model: Any) -> list[Any]:
    """The decoder layers of a model whose layers all look as they do in Llama."""
    config = model.config
    if config.is_encoder_decoder or getattr(config, "_attn_implementation", None) != "sdpa":
        return []
    if not can_take(roomy_cache(config, 1)):
        return []  # layers that forget what lies far back
    found = [module for module in model.modules() if _looks_alike(module)]
    return found if len(found) == getattr(config, "num_hidden_layers", None) else []


def _looks_alike(module: Any) -> bool:
    if "forward" in vars(module) or not llama.has_parts(module):
        return False
    layers = llama.linears(module)
    return (
        all(type(x) is nn.Linear and x.weight.dtype == torch.float32 for x in layers)
        and all(x.weight.device.type == "cpu" for x in layers)
        and layers[3].bias is None
        and layers[6].bias is None
        and stackable(layers[:3])
        and stackable(layers[4:6])
        and all(hasattr(module.self_attn, name) for name in ("scaling", "layer_idx"))
    )


def _plain(layer: Any, adapter: str) -> bool:
    """Whether the layer carries LoRA in float32 that can be added in a product."""
    if not hasattr(layer, "lora_A") or not can_mix(layer, adapter):
        return False
    pair = _pair(layer, adapter)
    return pair is None or all(part.dtype == torch.float32 for part in pair)


def _pair(layer: Any, adapter: str) -> tuple[Tensor, Tensor] | None:
    """A, and B times its scaling, of a layer that the adapter has a share in."""
    if adapter not in getattr(layer, "lora_A", ()):
        return None
    scaling = float(layer.scaling[adapter])
    return layer.lora_A[adapter].weight, layer.lora_B[adapter].weight * scaling


def _part(
    query: Tensor, own: tuple[Tensor, Tensor], mask: Tensor | None, start: int, end: int
) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor | None]:
    """The rows `start` to `end` of what attention is given."""
    keys, values = own
    there = mask if mask is None or len(mask) == 1 else mask[start:end]
    return query[start:end], (keys[start:end], values[start:end]), there
