"""The two ways over the bytes of a column: compiled passes, where they were built, and numpy."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jobs.data.compiled import passes

WAYS = ("compiled", "plain") if passes() else ("plain",)
needs_compiled = pytest.mark.skipif(
    "compiled" not in WAYS, reason="not built here: pip install -e ."
)


@contextmanager
def going(way: str) -> Iterator[None]:
    """Whatever is done here goes one of the ways."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "ATTUNE_COMPILED", str(int(way == "compiled")))
        passes.cache_clear()
        assert bool(passes()) == (way == "compiled")
        try:
            yield
        finally:
            passes.cache_clear()
