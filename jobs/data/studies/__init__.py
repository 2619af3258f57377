"""What the doctor finds out once a dataset is stored: it takes longer, or needs all rows at hand.

To add a study, add a module with `HARM` and `study`; what it can mend stands in `MENDS`, as in
`jobs/data/checks/`. Small datasets are studied while they are added, large ones by a job.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from typing import Protocol

from jobs.data.mends import Stored
from jobs.types import Finding


class Study(Protocol):
    """A module in this folder."""

    HARM: int

    def study(self, stored: Stored, progress: Callable[[int], None]) -> Iterable[Finding]:
        """The findings; `progress` is told how many rows were read since it was told last."""


def studies() -> tuple[Study, ...]:
    """Every study, the gravest first."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    found: list[Study] = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(sorted(found, key=lambda study: -study.HARM))
