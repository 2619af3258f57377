"""Sequences of bytes and sets of bytes, written as patterns are: "gh[pousr]_", "[A-Z][0-9]"."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

_SET = re.compile(r"\[[^]]+\]|[^][]", re.DOTALL)


@cache
def sets_of(sequence: str) -> tuple[np.ndarray, ...]:
    """For each place of the sequence, which of the 256 bytes fit (bool)."""
    parts = [re.compile(part if part[1:] else re.escape(part)) for part in _SET.findall(sequence)]
    return tuple(
        np.array([part.fullmatch(chr(byte)) is not None for byte in range(256)]) for part in parts
    )
