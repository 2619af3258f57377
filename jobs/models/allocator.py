"""What the C library does with memory that is given back to it.

Left alone, glibc learns while a process runs which blocks it takes from the kernel one by one and
which from its heap. Both ways cost something here. While a base is packed into 4 bits, a packed
weight comes to lie in the hole that the copy of the weight before it has left, the next copy does
not fit into what remains, and so on: the heap of the same model ended at 210 to 590 MiB, of which
200 were in use, by chance. And while a model trains, what a step gives back at the top of the heap
goes to the kernel, which must clear every page of it when the next step asks: 42 to 108 MB a step
of a 135M model, and a tenth of the time of a small one (tests/benchmarks/README.md). Elsewhere than
under glibc nothing happens.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

TRIM, MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
SMALL = 128 * 2**10  # where glibc itself begins
LARGE = 32 * 2**20  # the highest that glibc goes by itself
ALL = 2**31 - 1


@contextmanager
def nothing_kept() -> Iterator[None]:
    """While this lasts, each block of some size is the kernel's own again as soon as it is free."""
    _set(SMALL, SMALL)
    give_back()  # or what is free at the top of the heap would be used up first
    try:
        yield
    finally:
        _set(LARGE, 2 * LARGE)
        give_back()


def keep() -> None:
    """From now on, what is free stays with the process, for the next step to use."""
    _set(ALL, ALL)


def give_back() -> None:
    """Hand all that is free to the kernel."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _set(mmap: int, trim: int) -> None:
    library = _glibc()
    if library is not None:
        library.mallopt(MMAP, mmap)
        library.mallopt(TRIM, trim)


def _glibc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no such name for the process itself
        return None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
