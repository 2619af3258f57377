"""Metrics, found by file: a module here that has a `METRICS` tuple adds them."""

from __future__ import annotations

import importlib
import pkgutil

from jobs.errors import InputError
from jobs.evaluation.metrics.metric import Metric

__all__ = ["Metric", "metric", "metrics"]


def metrics() -> tuple[Metric, ...]:
    """Every metric in the order in which it is shown: `order` first, then name."""
    found: list[Metric] = []
    for module in pkgutil.iter_modules(__path__):
        found += getattr(importlib.import_module(f"{__name__}.{module.name}"), "METRICS", ())
    return tuple(sorted(found, key=lambda one: (one.order, one.name)))


def metric(name: str) -> Metric:
    """The metric of this name; an `InputError` names those there are."""
    known = {one.name: one for one in metrics()}
    if name not in known:
        raise InputError(f"There is no metric “{name}”.", f"Use one of: {', '.join(known)}.")
    return known[name]
