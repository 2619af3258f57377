"""A command that was written wrong: what is wrong with it, and the cure, in our words."""

from __future__ import annotations

from typing import NamedTuple

import typer

from jobs import OptionInfo
from studio.cli import show

NUMBERS = {"int": "a whole number", "float": "a number"}
SHOWN = 40  # characters of what was typed


class Misuse(NamedTuple):
    """What is wrong and what to do; `told` is more than both, where there is more to it."""

    what: str
    cure: str
    told: str = ""


def misuse(error: typer.TyperException) -> Misuse:
    """An option or command that does not exist, a value that will not do, and so on."""
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "attune"
    help = f"“{where} --help”"
    if isinstance(error, typer.BadParameter) and (wrong := _wrong_number(error, help)):
        return wrong
    said = error.format_message() if hasattr(error, "format_message") else str(error)
    cure = f"See {help} for what this command takes."
    if context and said == context.get_help():  # a group of commands, and none of them named
        return Misuse(f"“{where}” wants one of its commands.", cure, said)
    return Misuse(said if said.endswith((".", "?")) else f"{said}.", cure)


def _wrong_number(error: typer.BadParameter, help: str) -> Misuse | None:
    """Told as a method's options tell it: typer repeats pydantic, which leaves out the value.

    None where the trouble is not with a number.
    """
    from pydantic import ValidationError  # late, as typer does: it takes its time

    parameter, cause = error.param, error.__cause__
    if parameter is None or not isinstance(cause, ValidationError):
        return None
    found = cause.errors()[0]
    trouble, value = found["type"], show.brief(str(found["input"]), SHOWN)
    called = parameter.get_error_hint().replace("'", "")
    low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
    bounds = OptionInfo(called, called, "", float, None, low=low, high=high).bounds
    if trouble in ("less_than_equal", "greater_than_equal"):
        return Misuse(f"“{called}” is {value}, which is out of bounds.", f"Give a value {bounds}.")
    kind = NUMBERS.get(trouble.partition("_")[0])
    if kind is None:
        return None
    if trouble == "int_parsing_size":  # thousands of digits
        return Misuse(f"“{called}” is {value}, which is too large.", "Give a smaller number.")
    cure = f"Give a value {bounds}." if bounds else f"Give {kind}: see {help}."
    spelling = _spelling(value) if kind == NUMBERS["float"] else ""
    return Misuse(f"“{called}” is “{value}”, which is not {kind}.", spelling + cure)


def _spelling(value: str) -> str:
    """How a number is written that was written as people write it."""
    if "%" in value:
        return "Write it as a share: 0.2 is 20 percent. "
    return "Write it with a point. " if "," in value else ""
