"""Where a base model comes from: the starter, a folder, or the Hub's cache on this machine.

Nothing here imports torch or asks the network; what is not on this machine yet has `path=None`.
"""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.errors import InputError, ModelError
from jobs.models import catalog, hub
from jobs.models.checks import check_folder, read_json
from jobs.models.shapes import all_shapes, count_parameters, weight_files
from jobs.types import ModelInfo, ModelKind

STARTER = "starter"
# Where configurations of different families keep the same size.
NAMES: Mapping[str, tuple[str, ...]] = {
    "layers": ("num_hidden_layers", "n_layer", "num_layers", "encoder_layers"),
    "hidden": ("hidden_size", "n_embd", "d_model"),
    "intermediate": ("intermediate_size", "n_inner", "d_ff", "encoder_ffn_dim"),
    "heads": ("num_attention_heads", "n_head", "num_heads", "encoder_attention_heads"),
    "kv_heads": ("num_key_value_heads",),
    "vocabulary": ("vocab_size",),
    "max_length": ("max_position_embeddings", "n_positions", "max_sequence_length"),
}
# Families whose configuration speaks of positions but whose attention is relative: no hard limit.
UNBOUNDED = {"t5": 1024, "mt5": 1024, "umt5": 1024, "longt5": 4096}


def resolve(spec: str) -> ModelInfo:
    """What is known of a model by "starter", a folder or a Hub id; a folder wins over an id.

    A folder's `spec` is its whole path, since the child that trains stands in another folder.
    A folder that is no model, pickled weights, and models that need code of their own are
    `ModelError`s; text that can be none of the three is an `InputError`.
    """
    spec = spec.strip()
    if spec == STARTER:
        return _read(STARTER, _starter_folder())
    folder = Path(spec).expanduser()
    if spec and folder.is_dir():
        return _read(str(folder.resolve()), folder.resolve())
    if not hub.is_id(spec) or folder.is_file():
        raise InputError(
            f"“{spec}” is no folder on this machine and no model id of the Hub.",
            "Use “starter”, the path of a model's folder, or an id such as “owner/model”.",
        )
    cached = hub.cached(spec)
    if cached is not None:
        return _read(spec, cached)
    return catalog.known(spec) or _unknown(spec)


def portable_name(info: ModelInfo) -> str:
    """A name for the base that means something on another machine: an id or a folder's name."""
    if info.path is not None and Path(info.spec).expanduser().is_dir():
        return info.path.name
    return info.spec


def end_ids(info: ModelInfo) -> tuple[int, ...]:
    """Every id that ends an answer by the model's own configuration files.

    Chat models often name more of them in generation_config.json than the tokenizer knows.
    """
    found: list[int] = []
    for name in ("generation_config.json", "config.json"):
        if info.path is None or not (info.path / name).is_file():
            continue
        value = read_json(info.path, name).get("eos_token_id")
        ids = value if isinstance(value, list) else [value]
        found += [i for i in ids if isinstance(i, int) and i not in found]
    return tuple(found)


def _starter_folder() -> Path:
    folder = Path(str(importlib.resources.files("assets"))) / STARTER
    if not (folder / "config.json").is_file():
        raise ModelError(
            "The starter model is missing from this installation.",
            "Install Attune again, or build the model with the script in assets/starter.",
        )
    return folder


def _read(spec: str, folder: Path) -> ModelInfo:
    title = "Practice model" if spec == STARTER else spec if hub.is_id(spec) else folder.name
    config = check_folder(folder, title)
    shapes = all_shapes(folder)
    tied = _tied(config) or not any("lm_head" in name or "embed_out" in name for name in shapes)
    heads = _size(config, "heads")
    intermediate = _size(config, "intermediate") or 4 * _size(config, "hidden")
    return ModelInfo(
        spec=spec,
        title=title,
        kind=_kind(config),
        architecture=str(config.get("model_type", "")),
        parameters=count_parameters(shapes, tied=tied),
        layers=_size(config, "layers"),
        hidden=_size(config, "hidden"),
        intermediate=intermediate,
        heads=heads,
        kv_heads=_size(config, "kv_heads") or heads,
        vocabulary=_size(config, "vocabulary"),
        max_length=_max_length(folder, config),
        path=folder,
        licence=_licence(folder) or catalog.licence(spec),
        revision=folder.name if folder.parent.name == "snapshots" else "",
        bytes=sum(f.stat().st_size for f in weight_files(folder)),
        tied=tied,
    )


def _unknown(spec: str) -> ModelInfo:
    """A Hub id of which nothing is on this machine: sizes are 0 until it has been fetched."""
    return ModelInfo(spec, spec, "causal", "", 0, 0, 0, 0, 0, 0, 0, 0, path=None)


def _kind(config: Mapping[str, Any]) -> ModelKind:
    names = config.get("architectures") or ()
    if any(str(n).endswith(("ForCausalLM", "LMHeadModel")) for n in names):
        return "causal"
    family = str(config.get("model_type", ""))
    both = config.get("is_encoder_decoder") or family in UNBOUNDED
    return "encoder-decoder" if both else "causal"


def _tied(config: Mapping[str, Any]) -> bool:
    """Families with tied embeddings by default leave the word out of their configuration."""
    default = config.get("model_type") in {"gpt2", "t5", "bart", "gemma", "gemma2", "gemma3_text"}
    return bool(config.get("tie_word_embeddings", default))


def _size(config: Mapping[str, Any], what: str) -> int:
    for name in NAMES[what]:
        if isinstance(config.get(name), int):
            return int(config[name])
    return 0


def _max_length(folder: Path, config: Mapping[str, Any]) -> int:
    """The configuration's limit, or the tokenizer's where that is lower and real.

    Tokenizers without a limit say 10 to the 30th.
    """
    family = str(config.get("model_type", ""))
    if family in UNBOUNDED:
        return UNBOUNDED[family]
    limit = _size(config, "max_length")
    told = None
    if (folder / "tokenizer_config.json").is_file():
        told = read_json(folder, "tokenizer_config.json").get("model_max_length")
    if isinstance(told, int) and 16 <= told < 10**9:
        return min(limit, told) if limit else told
    return limit or 2048


def _licence(folder: Path) -> str:
    """The licence by the card's front matter, as the Hub writes it."""
    card = folder / "README.md"
    if not card.is_file():
        return ""
    head = card.read_text(encoding="utf-8", errors="replace")[:4000]
    front = re.match(r"---\s(.*?)^---", head, re.DOTALL | re.MULTILINE)
    line = re.search(r"^license:[ \t]*[\"']?([\w.-]+)", front.group(1), re.M) if front else None
    return line.group(1) if line else ""
