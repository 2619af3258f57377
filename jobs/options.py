"""Options as frozen dataclasses: label, help, bounds and default stand where a field is declared.

Form, command line and documentation are made from `describe`; text from any of them becomes
values in `parse`, whose errors name the field and the fix.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from jobs.errors import InputError

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class OptionInfo:
    """What a form, a help text or a check needs to know of one option."""

    name: str
    label: str
    help: str
    type: type
    default: Any
    optional: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def bounds(self) -> str:
        """The allowed values in words, or "" where any value of the type will do."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.low is not None and self.high is not None:
            return f"from {_plain(self.low)} to {_plain(self.high)}"
        if self.low is not None:
            return f"at least {_plain(self.low)}"
        return f"at most {_plain(self.high)}" if self.high is not None else ""

    @property
    def called(self) -> str:
        """Its label for a person and its name for a command: “Learning rate” (learning_rate)."""
        return f"“{self.label}” ({self.name})"


def option(
    default: Any,
    *,
    label: str,
    help: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field that carries its own label, one-line help and bounds (both inclusive)."""
    meta = {"label": label, "help": help, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=meta)


def describe(options: type) -> tuple[OptionInfo, ...]:
    """The options of a dataclass in the order of their declaration."""
    hints = typing.get_type_hints(options)
    return tuple(_info(f, hints[f.name]) for f in dataclasses.fields(options))


def parse(options: type[T], values: Mapping[str, Any], base: T | None = None) -> T:
    """An instance from values that may be text; unknown keys and bad values are `InputError`s."""
    known = {info.name: info for info in describe(options)}
    for key in values:
        if key not in known:
            raise unknown_option(key, known)
    read = {key: _read(known[key], value) for key, value in values.items()}
    return dataclasses.replace(base, **read) if base is not None else options(**read)  # type: ignore[type-var]


def unknown_option(key: str, known: typing.Iterable[str]) -> InputError:
    """The error for a key that no option has; suggests the nearest one."""
    names = sorted(known)
    near = difflib.get_close_matches(key, names, n=1)
    hint = f"Did you mean “{near[0]}”?" if near else f"Use one of: {', '.join(names)}."
    return InputError(f"There is no option “{key}” here.", hint)


def _info(field: dataclasses.Field[Any], hint: Any) -> OptionInfo:
    optional = False
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        hint, optional = inner[0], True
    return OptionInfo(
        name=field.name,
        type=typing.get_origin(hint) or hint,
        default=field.default,
        optional=optional,
        **field.metadata,
    )


def _plain(number: float) -> str:
    """0.0000001 rather than 1e-07: not everybody reads powers of ten."""
    text = f"{number:.12f}".rstrip("0").rstrip(".")
    return text if float(text) == number else f"{number:g}"


def _read(info: OptionInfo, value: Any) -> Any:
    if value is None or (info.optional and isinstance(value, str) and not value.strip()):
        if info.optional:
            return None
        raise InputError(f"{info.called} needs a value.", _cure(info))
    if info.type is bool:
        return _read_bool(info, value)
    if info.type is tuple:
        parts = value.split(",") if isinstance(value, str) else list(value)
        return tuple(p.strip() for p in map(str, parts) if p.strip())
    if info.type in (int, float):
        value = _read_number(info, value)
        too_low = info.low is not None and value < info.low
        if too_low or (info.high is not None and value > info.high):
            raise InputError(
                f"{info.called} is {_plain(value)}, which is out of bounds.", _cure(info)
            )
        return value
    text = str(value)
    if info.choices and text not in info.choices:
        raise InputError(f"{info.called} cannot be “{text}”.", _cure(info))
    return text


def _read_bool(info: OptionInfo, value: Any) -> bool:
    words = {"true": True, "yes": True, "on": True, "1": True}
    words |= {"false": False, "no": False, "off": False, "0": False}
    if isinstance(value, bool):
        return value
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise InputError(f"{info.called} is neither yes nor no.", "Use true or false.") from None


def _read_number(info: OptionInfo, value: Any) -> int | float:
    try:
        number = float(value)
        if not math.isfinite(number) or (info.type is int and number != int(number)):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        kind = "a whole number" if info.type is int else "a number"
        cure = f"Write it with a point. {_cure(info)}" if "," in str(value) else _cure(info)
        raise InputError(f"{info.called} is “{value}”, which is not {kind}.", cure) from None
    return info.type(number)


def _cure(info: OptionInfo) -> str:
    return f"Give a value {info.bounds}." if info.bounds else "Give it a value."
