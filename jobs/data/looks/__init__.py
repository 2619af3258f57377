"""Looks: what the doctor looks for in every row, told by its bytes; one module each, with a `LOOK`.

A look passes every row that holds the thing, and few others: its check looks at these closely. To
add a look, add a module; all of them are taken in one pass where there is compiled code for it
(`jobs/data/sifting.py`), and each by its `search` otherwise.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from jobs.data.raw import NO_PLACES, Raw

MOST = 8  # looks, a bit each


@dataclass(frozen=True, eq=False)
class Crowd:
    """So many digits of ASCII, so close together."""

    digits: int
    span: int  # bytes from the first of them to the last


@dataclass(frozen=True, eq=False)
class Look:
    """A row passes that holds one of the sequences or characters, or the crowd."""

    search: Callable[[Raw], np.ndarray]  # positions of the rows that pass, by numpy
    sequences: tuple[str, ...] = ()  # of bytes as U+0000 to U+00FF and sets of them: "[A-Z][0-9]x"
    characters: np.ndarray = field(default_factory=lambda: NO_PLACES)  # code points beyond ASCII
    crowd: Crowd | None = None


@cache
def looks() -> tuple[Look, ...]:
    """Every look, by the name of its module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").LOOK for name in names)
