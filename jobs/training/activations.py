"""Bytes that a training pass keeps for the way back, a token; counted, not guessed.

Counted with `torch.autograd.graph.saved_tensors_hooks` on two- and four-layer models of several
widths over the releases in pyproject.toml: what a layer saves is linear in its widths, and the
same for a 4-bit base, whose unpacked weights are not kept. Adapters keep the input of each layer
that they stand beside; a soft prompt does not. On a processor norms keep their input alone
(`norms.py`), short rows the weights of their attention (`attention.py`), and the plainest layers
one product of the gate less (`decoder_layer.py`); where there are compiled passes they keep, of an
adapter's inputs, only what the heads have seen (`compiled/layer.py`).
"""

from __future__ import annotations

from typing import Literal

from jobs.training.compiled import built
from jobs.types import ModelInfo

FUSED = ("llama", "qwen2", "mistral")  # whose layers are one step of the graph
# Tokens; `attention.LONGEST` and that of compiled passes, which stand beside torch.
SHORT, LONG = 192, 2048


def reach(info: ModelInfo) -> int:
    """Tokens of a row up to which this engine's own attention takes it on a processor."""
    return LONG if built() and info.architecture in FUSED else SHORT


def activations(
    info: ModelInfo,
    width: int,
    kind: Literal["adapter", "input"],
    length: int,
    *,
    places: int | None = None,
    fused: bool = True,
) -> int:
    """Bytes a token of a sequence of `length`, of which each looks at up to `places` (as many,
    unless others stand before them); `width` is 2 or 4 bytes a number.

    `fused` is whether the model stands on a processor, where this engine's own norms and attention
    take the place of the model's.
    """
    adapter = kind == "adapter"
    hidden, inner = info.hidden, info.intermediate
    if info.kind == "encoder-decoder":
        # T5 forms its attention scores: three copies of 4 bytes for each head and pair.
        layer = (3.2 if adapter else 2.1) * width * inner + 48 * hidden
        layer += 12 * info.heads * length
    elif info.architecture == "gpt2":
        layer = (5 if adapter else 4) * width * inner + (8 if adapter else 6) * width * hidden
    else:
        kv = hidden * info.kv_heads / max(1, info.heads)
        short = length <= reach(info)
        whole = fused and short and info.architecture in FUSED
        again = adapter and whole and built()  # made again on the way back
        layer = ((4 if adapter else 3) - whole - again) * width * inner + 2 * width * kv
        if fused and not info.architecture.startswith("gemma"):  # whose norms add 1 to the weight
            layer += (6 - 2 * again if adapter else 3 if short else 4) * width * hidden
            looked = info.heads * (places or length)
            layer += width * looked if looked <= hidden else 0
        else:  # Llama, Qwen, Mistral …: the norms keep a float32 copy of their input, twice.
            layer += ((4 if adapter else 2) * width + 8) * hidden
    return int(layer * info.layers)
