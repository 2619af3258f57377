"""Shapes of a model's weights, read from the headers of its files without torch."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from jobs.errors import ModelError
from jobs.types import ModelInfo

# Parts of names that no linear layer of a block has: input, position and output embeddings.
EMBEDDINGS = frozenset(
    {"embed_tokens", "embed_in", "embed_positions", "embed_out", "wte", "wpe", "shared", "lm_head"}
    | {"word_embeddings", "embed_tokens_per_layer", "relative_attention_bias", "embeddings"}
)
# Buffers that older checkpoints carry along.
BUFFERS = ("inv_freq", "masked_bias")
# A header of this size belongs to no model: it is refused before it is read into memory.
LARGEST_HEADER = 100 * 2**20


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of the model: those of the index where there is one.

    Repositories also carry copies for other programs ("consolidated.safetensors").
    """
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        try:
            names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (ValueError, KeyError, AttributeError) as error:
            raise unreadable(folder, f"{index.name}: {error}") from error
        return [folder / Path(name).name for name in sorted(names)]
    single = folder / "model.safetensors"
    return [single] if single.is_file() else []


def tensor_shapes(file: Path) -> dict[str, tuple[int, ...]]:
    """Name and shape of each tensor: 8 bytes of length, then a JSON header (safetensors format)."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or length > min(size - 8, LARGEST_HEADER):
            raise ValueError(f"{file.name} is cut short or is no safetensors file")
        header = json.loads(stream.read(length))
    header.pop("__metadata__", None)
    ends = [entry["data_offsets"][1] for entry in header.values()]
    if 8 + length + max(ends, default=0) > size:
        raise ValueError(f"{file.name} is cut short")
    return {name: tuple(entry["shape"]) for name, entry in header.items()}


def all_shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """Shapes over all weight files; a file that is missing or cut short is a `ModelError`."""
    shapes: dict[str, tuple[int, ...]] = {}
    for file in weight_files(folder):
        try:
            shapes |= tensor_shapes(file)
        except FileNotFoundError as error:
            raise unreadable(folder, f"{file.name} is missing") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise unreadable(folder, str(error)) from error
    return shapes


def unreadable(folder: Path, detail: str) -> ModelError:
    """The error for weights that are damaged or not all there."""
    return ModelError(
        f"The weights of “{folder.name}” are damaged or not all there.",
        "Copy or fetch the model again.",
        detail=detail,
    )


def count_parameters(shapes: Mapping[str, tuple[int, ...]], *, tied: bool) -> int:
    """Weights of the model; one that is stored under several names counts once."""
    repeated = set()
    if any(_last(n) == "shared" for n in shapes):  # encoder and decoder read one embedding
        repeated |= {n for n in shapes if _last(n) == "embed_tokens"}
    if tied and any(_is_embedding(n) and _last(n) != "lm_head" for n in shapes):
        repeated |= {n for n in shapes if _last(n) == "lm_head" and n.endswith(".weight")}
    return sum(math.prod(s) for n, s in shapes.items() if n not in repeated and not _buffer(n, s))


def linear_layers(info: ModelInfo) -> dict[str, tuple[int, int]]:
    """Name and (outputs, inputs) of every linear layer of the blocks, output embedding left out.

    From the weight files where they are here; else from the sizes that are known of the model,
    for the layers that Llama and T5 have.
    """
    if info.path is None:
        return _llama_layers(info) if info.kind == "causal" else _t5_layers(info)
    return {
        name.removesuffix(".weight"): (shape[0], shape[1])
        for name, shape in all_shapes(info.path).items()
        if name.endswith(".weight") and len(shape) == 2 and not _is_embedding(name)
    }


def _llama_layers(info: ModelInfo) -> dict[str, tuple[int, int]]:
    width, wide = info.hidden, info.intermediate
    keys = width * info.kv_heads // max(1, info.heads)
    block = {
        "self_attn.q_proj": (width, width),
        "self_attn.k_proj": (keys, width),
        "self_attn.v_proj": (keys, width),
        "self_attn.o_proj": (width, width),
        "mlp.gate_proj": (wide, width),
        "mlp.up_proj": (wide, width),
        "mlp.down_proj": (width, wide),
    }
    return {f"layers.{i}.{n}": s for i in range(info.layers) for n, s in block.items()}


def _t5_layers(info: ModelInfo) -> dict[str, tuple[int, int]]:
    """A gated T5 (version 1.1, FLAN): `layers` in the encoder and as many in the decoder."""
    width, wide = info.hidden, info.intermediate
    attention = {part: (width, width) for part in "qkvo"}
    feed = {"wi_0": (wide, width), "wi_1": (wide, width), "wo": (width, wide)}
    found: dict[str, tuple[int, int]] = {}
    for i in range(info.layers):
        found |= {f"encoder.block.{i}.SelfAttention.{n}": s for n, s in attention.items()}
        found |= {f"decoder.block.{i}.SelfAttention.{n}": s for n, s in attention.items()}
        found |= {f"decoder.block.{i}.EncDecAttention.{n}": s for n, s in attention.items()}
        found |= {f"encoder.block.{i}.DenseReluDense.{n}": s for n, s in feed.items()}
        found |= {f"decoder.block.{i}.DenseReluDense.{n}": s for n, s in feed.items()}
    return found


def _is_embedding(name: str) -> bool:
    return any(part in EMBEDDINGS for part in name.split("."))


def _last(name: str) -> str:
    """The module that a weight belongs to: "model.shared.weight" is "shared"'s."""
    return name.split(".")[-2] if "." in name else name


def _buffer(name: str, shape: tuple[int, ...]) -> bool:
    """Rotary frequencies, and the causal masks that old GPT-2 files hold as attention biases."""
    return name.endswith(BUFFERS) or (name.endswith("attn.bias") and len(shape) == 4)
