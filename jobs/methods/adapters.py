"""What all adapters share: made the same for one seed, saved portably, loaded strictly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.errors import ModelError
from jobs.models.libraries import prepare, quiet

if TYPE_CHECKING:
    from peft import PeftConfig, PeftModel
    from torch import Tensor
    from transformers import PreTrainedModel

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"


def attach(model: PreTrainedModel, config: PeftConfig, seed: int) -> PeftModel:
    """A fresh adapter around the model, in eval mode; the caller's random state is left alone."""
    prepare()
    import torch
    from peft import get_peft_model

    devices = [model.device] if model.device.type == "cuda" else []
    with quiet(), torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        peft_model = get_peft_model(model, config)
    for name, parameter in peft_model.named_parameters():
        if parameter.requires_grad and parameter.dtype != torch.float32:
            raise TypeError(f"{name} is {parameter.dtype}; small updates would vanish in it")
    peft_model.eval()
    return peft_model


def save(model: PeftModel, folder: Path) -> None:
    """Write the active adapter's weights and configuration.

    PEFT's own `save_pretrained` asks the Hub whether the base is there and writes a model card
    with this machine's paths; a card is the export's business.
    """
    from safetensors.torch import save_file

    adapter = model.active_adapter
    weights = {k: v.detach().cpu().contiguous() for k, v in _state(model, adapter).items()}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    config = model.peft_config[adapter].to_dict() | {
        "inference_mode": True,
        "base_model_name_or_path": model.get_base_model().name_or_path,
    }
    text = json.dumps(config, indent=2, sort_keys=True, default=_plain)
    (folder / CONFIG).write_text(text + "\n", encoding="utf-8")


def load(model: Any, folder: Path, adapter_name: str, peft_type: str) -> PeftModel:
    """Add the adapter in `folder` to a base model or a PeftModel; the result is in eval mode.

    An adapter of another method, of another shape or with a key too many or too few is a
    `ModelError`; the model is of no use after one.
    """
    prepare()
    from peft import PeftModel

    _check_files(folder, peft_type)
    with quiet():
        try:
            if isinstance(model, PeftModel):
                model.load_adapter(folder, adapter_name, torch_device=str(model.device))
            else:
                model = PeftModel.from_pretrained(
                    model, folder, adapter_name, torch_device=str(model.device)
                )
        except (RuntimeError, ValueError, KeyError, TypeError) as error:
            raise does_not_fit(str(error)) from error
    _check_keys(model, folder, adapter_name)
    model.requires_grad_(False)
    model.eval()
    return model


def restore(model: PeftModel, folder: Path) -> None:
    """Write the weights in `folder` into the active adapter and leave it trainable."""
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    adapter = model.active_adapter
    _check_files(folder, model.peft_config[adapter].peft_type.value)
    _check_keys(model, folder, adapter)
    try:
        set_peft_model_state_dict(model, load_file(folder / WEIGHTS), adapter_name=adapter)
    except RuntimeError as error:
        raise does_not_fit(str(error)) from error


def soft_prompt_in(model: PeftModel, folder: Path) -> Tensor:
    """The vectors that `folder` keeps, virtual tokens x hidden, for the model's active adapter."""
    from safetensors.torch import load_file

    adapter = model.active_adapter
    _check_files(folder, model.peft_config[adapter].peft_type.value)
    _check_keys(model, folder, adapter)
    (vectors,) = load_file(folder / WEIGHTS).values()
    return vectors


def task_type(encoder_decoder: bool) -> str:
    """PEFT's word for the kind of model."""
    return "SEQ_2_SEQ_LM" if encoder_decoder else "CAUSAL_LM"


def _state(model: PeftModel, adapter: str) -> dict[str, Any]:
    from peft import get_peft_model_state_dict

    # "auto" would ask the Hub for the base's vocabulary; embeddings are never trained here.
    return get_peft_model_state_dict(model, adapter_name=adapter, save_embedding_layers=False)


def _check_files(folder: Path, peft_type: str) -> None:
    if not (folder / WEIGHTS).is_file() or not (folder / CONFIG).is_file():
        raise ModelError(
            f"“{folder.name}” holds no adapter in the safetensors format.",
            f"Choose a folder with {WEIGHTS} and {CONFIG} in it.",
            detail=str(folder),
        )
    try:
        found = json.loads((folder / CONFIG).read_text(encoding="utf-8")).get("peft_type")
    except (ValueError, AttributeError) as error:
        raise does_not_fit(f"{CONFIG}: {error}") from error
    if found != peft_type:
        raise does_not_fit(f"it is of type {found}, not {peft_type}")
    _keys(folder)


def _keys(folder: Path) -> set[str]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder / WEIGHTS, framework="pt") as file:
            return set(file.keys())
    except SafetensorError as error:
        raise does_not_fit(f"{WEIGHTS}: {error}") from error


def _check_keys(model: PeftModel, folder: Path, adapter: str) -> None:
    found, expected = _keys(folder), set(_state(model, adapter))
    if found != expected:
        missing, unexpected = sorted(expected - found), sorted(found - expected)
        raise does_not_fit(f"missing: {missing[:5]}, unexpected: {unexpected[:5]}")


def does_not_fit(detail: str) -> ModelError:
    """The error of an adapter's folder that is not of this model or method."""
    return ModelError(
        "The adapter's weights do not fit this base model.",
        "Load it over the model that it was trained on, or train it anew.",
        detail=detail,
    )


def _plain(value: Any) -> Any:
    """Sets and enums as JSON; a set is sorted, so that equal adapters give equal files."""
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
