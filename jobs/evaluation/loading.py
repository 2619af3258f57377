"""What has to be loaded before a variant can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from jobs.methods import Adapting, keeps_whole_model, method
from jobs.types import ModelInfo, Precision, Variant

LoadBase = Callable[[ModelInfo, Precision, str, Precision], Any]
"""(model, precision, device, precision that 4-bit weights compute in) -> the model."""

Weights = tuple[Precision, Path | None]
"""The base in a precision, or a run's whole model from its folder."""


def weights_of(variant: Variant) -> Weights:
    """What the variant answers over; those with the same share a batch."""
    return variant.precision, variant.adapter if _is_whole(variant) else None


def over_weights(variant: Variant) -> Variant:
    """What the variant is once they are loaded: a whole model has nothing beside itself."""
    return replace(variant, method=None, adapter=None) if _is_whole(variant) else variant


def _is_whole(variant: Variant) -> bool:
    return variant.method is not None and keeps_whole_model(variant.method)


def load_base(info: ModelInfo, precision: Precision, device: str, compute: Precision) -> Any:
    """See `LoadBase`."""
    from jobs.models.load import load_base

    return load_base(info, precision, device, compute=compute)


def load_adapter(model: Any, variant: Variant, name: str) -> Any:
    """The model with the variant's adapter added under that name, in eval mode."""
    assert variant.method is not None
    assert variant.adapter is not None
    how = method(variant.method)
    assert isinstance(how, Adapting)
    return how.load(model, variant.adapter, name)
