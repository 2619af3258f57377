"""What is refused before anything is loaded: no model, pickles, code of the model's own."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.errors import ModelError
from jobs.models.shapes import unreadable, weight_files

PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")


def check_folder(folder: Path, title: str) -> dict[str, Any]:
    """The configuration of a model that can be loaded here; else a `ModelError` that says why."""
    if not (folder / "config.json").is_file():
        raise ModelError(
            f"“{title}” is not a model's folder: it has no config.json.",
            "Choose the folder that holds config.json, tokenizer.json and *.safetensors.",
        )
    config = read_json(folder, "config.json")
    check_config(config, title)
    if not weight_files(folder):
        pickled = any(next(folder.glob(pattern), None) for pattern in PICKLES)
        raise pickled_only(title) if pickled else no_weights(title)
    return config


def check_config(config: Mapping[str, Any], title: str) -> None:
    """Refuse models whose loading would run code of theirs, or that do not write text."""
    family = str(config.get("model_type", ""))
    if config.get("auto_map") and not _known_family(family):
        raise ModelError(
            f"“{title}” can only be loaded by running program code that comes with it.",
            "That code could do anything on this machine, so it is never run. "
            "Choose a model of a family that is built in, such as Llama or Qwen.",
        )
    if config.get("quantization_config"):
        raise ModelError(
            f"“{title}” is already packed into fewer bits.",
            "Choose its full-precision version; QLoRA packs it into 4 bits while loading.",
        )
    names = [str(n) for n in config.get("architectures") or ()]
    writes = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
    pictures = "text_config" in config or "vision_config" in config
    if pictures or (names and not any(n.endswith(writes) for n in names)):
        raise ModelError(
            f"“{title}” is not a model that reads and writes text alone.",
            "Choose a text generation model, such as those in the list of models.",
            detail=f"architectures: {', '.join(names)}",
        )


def pickled_only(title: str) -> ModelError:
    """The error for weights in pickle files."""
    return ModelError(
        f"The weights of “{title}” are in pickle files, which can run program code when opened.",
        "Choose a version of the model with *.safetensors files.",
    )


def no_weights(title: str) -> ModelError:
    """The error for a model without any weight file."""
    return ModelError(
        f"“{title}” holds no weights: there is no model.safetensors.",
        "Choose a folder with config.json, tokenizer.json and *.safetensors in it.",
    )


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """A JSON object of the model's folder; a damaged one is a `ModelError`."""
    try:
        found = json.loads((folder / name).read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise unreadable(folder, f"{name}: {error}") from error
    if not isinstance(found, dict):
        raise unreadable(folder, f"{name} is not a JSON object")
    return found


def _known_family(family: str) -> bool:
    """Whether transformers has this family built in; looked up without importing it."""
    found = importlib.util.find_spec("transformers")
    places = (found.submodule_search_locations if found else None) or ()
    folder = family.replace("-", "_")
    return bool(folder) and any((Path(p) / "models" / folder).is_dir() for p in places)
