"""What `glance.c` is asked for, as it takes it."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

ARRAYS = ("folds", "white", "steps", "looks", "characters", "nibbles")
NUMBERS = (
    *("begins", "ends", "folded", "whites", "digits", "span", "crowd", "shortest"),
    *("most", "enough", "fewest", "times", "of_those", "longest"),
)


class _Rules(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ARRAYS),
        *((name, ctypes.c_uint64) for name in NUMBERS),
    )


@dataclass(frozen=True)
class Rules:
    """The fields of the structure in `glance.c`, by their names there."""

    arrays: Mapping[str, np.ndarray]
    numbers: Mapping[str, int]

    def __post_init__(self) -> None:
        if set(self.arrays) != set(ARRAYS) or set(self.numbers) != set(NUMBERS):
            raise ValueError(f"{sorted(self.arrays)} and {sorted(self.numbers)} are not all")

    def structure(self) -> ctypes.Structure:
        """To be handed over while this object lives, which holds the arrays."""
        places = {name: array.ctypes.data for name, array in self.arrays.items()}
        return _Rules(**places, **self.numbers)
