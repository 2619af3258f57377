"""A property that is worked out once for each object."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import cached_property
from typing import Any, TypeVar

T = TypeVar("T")


class unlocked_property(cached_property[T]):
    """`functools.cached_property` without the lock that Python 3.11 holds over all objects.

    With it no two threads work out the property of two batches at once. Here an object belongs to
    one thread at a time; two that ask it at once would both work it out, as from Python 3.12 on.
    """

    def __init__(self, func: Callable[[Any], T]) -> None:
        super().__init__(func)
        self.lock = nullcontext()
