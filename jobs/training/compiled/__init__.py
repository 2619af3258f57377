"""Passes over the numbers of a decoder layer in compiled code, where it was built.

What stands between a layer's matrix products (norms, the gate, positions, softmax, the thin
products of adapters) waits for memory: each pass reads its numbers once and does all that is to be
done with them.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

from jobs.compiled import library
from jobs.training.compiled.told import TOLD, Pass, Team

VERSION = 4  # of what the functions take, as in passes.c: an older build is left alone
NO_ROOM = -1  # as in passes.c


class Passes:
    """The passes, over as many threads as torch uses; `way` is what the processor can do: 1 AVX2,
    2 AVX-512."""

    def __init__(self, found: ctypes.CDLL, team: Team, way: int) -> None:
        self._take = found.take_pass
        self._take.restype = ctypes.c_int64
        number, place = ctypes.c_int64, ctypes.c_void_p
        self._take.argtypes = [number, place, place, number, number, number]
        self.team, self.way = team, way

    def take(self, number: Pass, like: Any, told: ctypes.Structure) -> None:
        """One pass over numbers of the dtype of `like`, a tensor of bfloat16 or float32."""
        import torch

        assert isinstance(told, TOLD[number])
        threads, is_bfloat16 = torch.get_num_threads(), like.dtype == torch.bfloat16
        team = ctypes.addressof(self.team)
        status = self._take(number, ctypes.addressof(told), team, threads, self.way, is_bfloat16)
        if status == NO_ROOM:
            raise MemoryError(f"no room for the pass {number.name}")
        if status:
            raise RuntimeError(f"no pass {number.name} of way {self.way}")


@cache
def passes() -> Passes | None:
    """The compiled passes; None where they were not built for this machine and this version,
    or where torch has threads of another kind. Loads torch."""
    found = opened()
    team = None if found is None else _team()
    return None if found is None or team is None else Passes(found, team, found.best_way())


def passes_over(like: Any) -> Passes | None:
    """The compiled passes, where they are there and made for numbers like those of a tensor."""
    import torch

    fits = like.device.type == "cpu" and like.dtype in (torch.bfloat16, torch.float32)
    return passes() if fits else None


def built() -> bool:
    """Whether `passes` can be expected to be there; without torch."""
    return opened() is not None


def opened() -> ctypes.CDLL | None:
    """The library, where it was built and has something for this processor; without torch."""
    found = library(Path(__file__).parent, VERSION)
    return found if found is not None and found.best_way() else None


def _team() -> Team | None:
    """From the OpenMP that torch has brought into this process; GNU's, and those like it."""
    import torch  # noqa: F401

    try:
        process: Any = ctypes.CDLL(None)
        functions = process.GOMP_parallel, process.omp_get_thread_num, process.omp_get_num_threads
    except (OSError, TypeError, AttributeError):  # Windows has no name for the process itself
        return None
    return Team(*(ctypes.cast(function, ctypes.c_void_p).value for function in functions))
