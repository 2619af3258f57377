"""Metrics and measures, found by file: a module here with `METRICS` or `MEASURES` adds them."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from jobs.errors import InputError
from jobs.evaluation.metrics.metric import CorpusMetric, Described, Measure, Metric

__all__ = ["CorpusMetric", "Described", "Measure", "Metric", "described", "measures", "metric",
           "metrics"]  # fmt: skip


def metrics() -> tuple[Metric, ...]:
    """Every metric in the order in which it is shown: `order` first, then name."""
    return tuple(_found("METRICS"))


def measures() -> tuple[Measure, ...]:
    """Every measure, in the same order."""
    return tuple(_found("MEASURES"))


def described() -> tuple[Described, ...]:
    """All that a table of scores has a column for, in its order."""
    return tuple(sorted([*metrics(), *measures()], key=_place))


def metric(name: str) -> Metric:
    """The metric of this name; an `InputError` names those there are."""
    known = {one.name: one for one in metrics()}
    if name not in known:
        raise InputError(f"There is no metric “{name}”.", f"Use one of: {', '.join(known)}.")
    return known[name]


def _found(attribute: str) -> list[Any]:
    found: list[Any] = []
    for module in pkgutil.iter_modules(__path__):
        found += getattr(importlib.import_module(f"{__name__}.{module.name}"), attribute, ())
    return sorted(found, key=_place)


def _place(one: Described) -> tuple[int, str]:
    return one.order, one.name
