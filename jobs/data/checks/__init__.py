"""The doctor's checks: one module each, whose `check` looks over all rows at once.

To add a check, add a module; `HARM` (higher is worse) puts its finding in order.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from jobs.types import Example, Finding

MOST_ROWS = 20  # that one finding lists


@dataclass(frozen=True)
class Sheet:
    """What a check may look at: rows as they were read, blank ones included."""

    rows: Sequence[Example]
    test: Sequence[Example] | None = None  # rows of the user's own test file, where there is one
    tested: int | None = None  # prompts in the test split, once there is a split


class Check(Protocol):
    """A module in this folder."""

    HARM: int

    def check(self, sheet: Sheet) -> Iterable[Finding]:
        """The findings, none where all is well."""


def checks() -> tuple[Check, ...]:
    """Every check, the gravest first."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    found: list[Check] = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(sorted(found, key=lambda check: -check.HARM))


def first(rows: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(rows)[:MOST_ROWS])
