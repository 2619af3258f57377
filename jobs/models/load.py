"""Loading a base model: safetensors only, no code from the model, nothing missing or left over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.errors import AttuneError, ModelError, NotFound, OutOfMemory, Unavailable
from jobs.models.allocator import nothing_kept
from jobs.models.libraries import prepare, quiet
from jobs.models.source import portable_name
from jobs.types import ModelInfo, Precision

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel


def load_base(
    info: ModelInfo, precision: Precision, device: str, *, compute: Precision = "bfloat16"
) -> PreTrainedModel:
    """The frozen base in eval mode on the device.

    "4bit" packs every linear layer of the blocks into NF4 with double quantization while it is
    read, so that no full-precision copy is held; embeddings, output embedding and norms are kept
    in `compute`, in which the products are made too. `compute` says nothing for other precisions.
    """
    if info.path is None:
        raise NotFound(
            f"“{info.title}” is not on this machine yet.", "Fetch it first, then try again."
        )
    prepare()
    import torch

    kind = precision if precision != "4bit" else compute
    settings: dict[str, Any] = {"dtype": getattr(torch, kind), "device_map": {"": device}}
    if precision == "4bit":
        settings["quantization_config"] = _four_bit(settings["dtype"])
    if precision != "4bit":
        model = _read(info, settings)
    else:
        with nothing_kept():
            model = _read(info, settings)
            _refuse_odd_widths(info, model)
            keep_trainable(model)
            if device == "cpu":
                _let_go_of_the_file(model)
    # What PEFT writes beside an adapter; a folder of this machine would mean nothing elsewhere.
    model.name_or_path = model.config._name_or_path = portable_name(info)
    model.requires_grad_(False)
    model.eval()
    return model


def keep_trainable(model: nn.Module) -> None:
    """Keep bitsandbytes from repacking 4-bit weights on processors with AVX512-BF16.

    It does so at the first forward in eval mode and for good: the packed layout has no autograd,
    so gradients after a validation are wrong while the loss looks fine, biases and odd sizes
    crash (bitsandbytes 0.50).
    """
    for layer in four_bit_layers(model):
        layer.support_avx512bf16_for_cpu = False


def _let_go_of_the_file(model: nn.Module) -> None:
    """Copy what was not packed out of the mapped file, whose pages would all count as used.

    One embedding that still lies in the file keeps the whole of it, full-precision weights too.
    """
    for parameter in model.parameters():  # one that is tied comes once, and stays tied
        if parameter.is_floating_point():
            parameter.data = parameter.data.clone()


def _refuse_odd_widths(info: ModelInfo, model: nn.Module) -> None:
    """Two weights share a byte; for odd rows bitsandbytes starts a compiler at each new shape."""
    if any(layer.in_features % 2 for layer in four_bit_layers(model)):
        raise ModelError(
            f"“{info.title}” has layers of odd width, which cannot be packed into 4 bits.",
            "Choose LoRA instead of QLoRA, or another model.",
        )


def four_bit_layers(model: nn.Module) -> list[Any]:
    """The layers whose weights are packed into 4 bits."""
    from bitsandbytes.nn import Linear4bit

    return [m for m in model.modules() if isinstance(m, Linear4bit)]


def _four_bit(compute: Any) -> Any:
    from transformers import BitsAndBytesConfig

    try:
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=compute,
        )
    except ImportError as error:
        raise Unavailable(
            "4-bit weights need the library bitsandbytes, which cannot be loaded here.",
            "Install it, or choose LoRA instead of QLoRA.",
            detail=str(error),
        ) from error


def _read(info: ModelInfo, settings: dict[str, Any]) -> PreTrainedModel:
    """The model with all of its weights; whatever goes wrong is an `AttuneError`."""
    import torch
    from safetensors import SafetensorError

    try:
        with quiet():
            model, told = _from_pretrained(info, settings)
    except torch.OutOfMemoryError as error:
        raise _no_memory(info, str(error)) from error
    except MemoryError as error:
        raise _no_memory(info, str(error)) from error
    except RuntimeError as error:
        if "can't allocate memory" in str(error):
            raise _no_memory(info, str(error)) from error
        raise _cannot_load(info, str(error)) from error
    except (OSError, ValueError, KeyError, ImportError, SafetensorError) as error:
        raise _cannot_load(info, str(error)) from error
    wrong = {k: sorted(map(str, v)) for k, v in told.items() if v and "keys" in k}
    if wrong:
        some = "; ".join(f"{k}: {', '.join(v[:3])}" for k, v in wrong.items())
        raise ModelError(
            f"The weights of “{info.title}” do not match its configuration.",
            "Copy or fetch the model again, or choose another one.",
            detail=some,
        )
    return model


def _from_pretrained(info: ModelInfo, settings: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The attention is named because a config.json could name code of its own on the Hub."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    loader = AutoModelForCausalLM if info.kind == "causal" else AutoModelForSeq2SeqLM
    fixed = {"trust_remote_code": False, "local_files_only": True}
    config = AutoConfig.from_pretrained(info.path, **fixed)
    rest = fixed | settings | {"config": config, "use_safetensors": True}
    try:
        return loader.from_pretrained(
            info.path, attn_implementation="sdpa", output_loading_info=True, **rest
        )
    except ValueError as error:
        if "scaled_dot_product_attention" not in str(error):
            raise
        return loader.from_pretrained(
            info.path, attn_implementation="eager", output_loading_info=True, **rest
        )


def _no_memory(info: ModelInfo, detail: str) -> OutOfMemory:
    return OutOfMemory(
        f"There is too little memory to load “{info.title}”.",
        "Close other programs, choose QLoRA, or choose a smaller model.",
        detail=detail,
    )


def _cannot_load(info: ModelInfo, detail: str) -> AttuneError:
    return ModelError(
        f"“{info.title}” cannot be loaded.",
        "Copy or fetch it again, or choose another model.",
        detail=detail,
    )
