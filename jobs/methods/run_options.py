"""The options of one run: presets, then what the user changed, checked over both dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jobs.errors import InputError
from jobs.methods.method import EFFORTS
from jobs.methods.training_options import TrainingOptions
from jobs.options import OptionInfo, describe, parse, unknown_option

if TYPE_CHECKING:
    from jobs.methods.method import Method
    from jobs.types import ModelInfo


def describe_all(method: Method) -> tuple[OptionInfo, ...]:
    """The method's own options, then those of every training."""
    return (*describe(method.Options), *describe(TrainingOptions))


def options_for(
    method: Method,
    effort: str,
    rows: int,
    info: ModelInfo,
    overrides: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """All options of a run as one flat dict of plain values; overrides may be text.

    An unknown key, a value out of bounds or an unknown effort is an `InputError`.
    """
    if effort not in EFFORTS:
        raise InputError(f"There is no effort “{effort}”.", f"Use one of: {', '.join(EFFORTS)}.")
    values: dict[str, Any] = method.defaults(effort, rows, info) | dict(overrides or {})
    training, own = split(method, values)
    return asdict(training) | asdict(own)


def split(method: Method, flat: Mapping[str, Any]) -> tuple[TrainingOptions, Any]:
    """The two dataclasses again; what is not given takes the default of its declaration."""
    own_names = {info.name for info in describe(method.Options)}
    training_names = {info.name for info in describe(TrainingOptions)}
    for key in flat:
        if key not in own_names | training_names:
            raise unknown_option(key, own_names | training_names)
    training = parse(TrainingOptions, {k: v for k, v in flat.items() if k in training_names})
    return training, parse(method.Options, {k: v for k, v in flat.items() if k in own_names})
