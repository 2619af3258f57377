"""The two ways: compiled passes, where they were built, and numpy or torch."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jobs.data.compiled import passes
from jobs.training import compiled as training

WAYS = ("compiled", "plain") if passes() else ("plain",)
TRAINING_WAYS = ("compiled", "plain") if training.built() else ("plain",)
needs_compiled = pytest.mark.skipif(
    "compiled" not in WAYS, reason="not built here: pip install -e ."
)


@contextmanager
def going(way: str) -> Iterator[None]:
    """Whatever is done here goes one of the ways."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "ATTUNE_COMPILED", str(int(way == "compiled")))
        passes.cache_clear()
        training.passes.cache_clear()
        assert (bool(passes()), training.built()) == (
            way == "compiled" and "compiled" in WAYS,
            way == "compiled" and "compiled" in TRAINING_WAYS,
        )
        try:
            yield
        finally:
            passes.cache_clear()
            training.passes.cache_clear()
