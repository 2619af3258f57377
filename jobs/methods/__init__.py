"""The tuning methods, one file each: a file that exposes `method` is registered by being here.

It can be chosen and trained then; what else a new one may need stands at the head of `method.py`.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from jobs.errors import NotFound
from jobs.methods.method import EFFORTS, Adapting, Effort, Method
from jobs.methods.run_options import describe_all, options_for, split
from jobs.methods.training_options import TrainingOptions

__all__ = [
    "EFFORTS",
    "Adapting",
    "Effort",
    "Method",
    "TrainingOptions",
    "keeps_whole_model",
    "method",
    "method_title",
    "methods",
    "option_labels",
    "options_for",
    "split",
]


@functools.cache
def methods() -> tuple[Method, ...]:
    """All methods: the front row first, each row in its order."""
    modules = (
        importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    )
    found = [module.method for module in modules if hasattr(module, "method")]
    return tuple(sorted(found, key=lambda m: (not m.front, m.order, m.name)))


def method_title(name: str) -> str:
    """As the page has it; the name itself for a method of another release."""
    return next((m.title for m in methods() if m.name == name), name)


def option_labels(name: str) -> dict[str, str]:
    """The options of a method and of its training as forms label them; none for one of another
    release."""
    return {o.name: o.label for m in methods() if m.name == name for o in describe_all(m)}


def keeps_whole_model(name: str) -> bool:
    """Whether runs of this method are models of their own, with no base under them."""
    return any(m.name == name and not isinstance(m, Adapting) for m in methods())


def method(name: str) -> Method:
    """The method of this name; `NotFound` names those there are."""
    for candidate in methods():
        if candidate.name == name:
            return candidate
    names = ", ".join(m.name for m in methods())
    raise NotFound(f"There is no method “{name}”.", f"Use one of: {names}.")
