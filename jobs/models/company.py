"""How the threads of a product wait for one another while other programs want the processor too.

A step of a model is some thousand small pieces of work, and at the end of each its threads wait for
the last of them. In GNU's OpenMP they wait in a loop, milliseconds long: where a processor is free
that is the fastest way. Where another program runs, such as a browser, the loops use up the time
that the kernel gives, so that the work itself waits, and a step takes many times as long
(tests/benchmarks/README.md, "In company"). OpenMP shortens these loops by itself while there are
more threads than processors (its manual, "GOMP_SPINCOUNT"): so while others are busy, a team of
idle threads is held. What is computed, and in which order, does not change by it.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import psutil

SECONDS = 0.5  # from one look to the next
# Of a processor, what others may take before threads stand in one another's way: a step took 0.30 s
# with long loops and nobody beside it, 0.45 with short ones, 2.4 with long ones beside a program
# that never rests, so that short ones are better from about a tenth on.
FREE = 0.15
CHOSEN = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")  # whoever set one of these has chosen already
NOT_BUSY = ("idle", "iowait", "guest", "guest_nice")  # guests are counted as users, too


def watch() -> None:
    """Look after this process's threads from now on, on a thread that ends with it."""
    if not any(name in os.environ for name in CHOSEN):
        threading.Thread(target=_watch, name="company", daemon=True).start()


def _watch() -> None:
    others, idle = Others(), Idle()
    while True:
        time.sleep(SECONDS)
        try:
            taken = others.look()
        except (OSError, RuntimeError):  # no such files here, or not for us
            return idle.hold(0)
        mine, there = threads(), len(others.processors)
        # With one of them for whoever begins it, so many make one thread more than processors.
        idle.hold(there - mine + 2 if crowded(taken, mine, there) else 0)


def threads() -> int:
    """How many each product is spread over; 1 as long as nobody has loaded torch."""
    found = getattr(sys.modules.get("torch"), "get_num_threads", None)
    return 1 if found is None else int(found())


def processors() -> list[int]:
    """The numbers of those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def openmp() -> Any:
    """What lets so many threads come together, for nothing; None without GNU's OpenMP."""
    try:
        process: Any = ctypes.CDLL(None)
        parallel, nothing = process.GOMP_parallel, process.omp_get_thread_num
    except (OSError, TypeError, AttributeError):
        return None
    return lambda count: parallel(nothing, None, ctypes.c_uint(count), ctypes.c_uint(0))


def crowded(others: float, threads: int, processors: int) -> bool:
    """Whether `threads` that compute have to share their processors with others."""
    return threads > 1 and others + threads > processors + FREE


class Others:
    """What other programs take of the processors that this one may use; its own children are
    others, too."""

    def __init__(self) -> None:
        self.processors = processors()
        self._before = self._read()

    def look(self) -> float:
        """Processors taken by others, on average since the last look (or the beginning)."""
        before, self._before = self._before, self._read()
        busy, own, seconds = (now - then for now, then in zip(self._before, before, strict=True))
        return max(0.0, busy - own) / max(seconds, 1e-9)

    def _read(self) -> tuple[float, float, float]:
        """Seconds that processors were busy, or taken by the host; those of them that were ours;
        the clock."""
        times: Sequence[Any] = psutil.cpu_times(percpu=True)
        mine = [times[i] for i in self.processors if i < len(times)]
        busy = sum(sum(t) - sum(getattr(t, name, 0.0) for name in NOT_BUSY) for t in mine)
        return busy, time.process_time(), time.monotonic()


class Idle:
    """A team of threads that do nothing; while it is held, OpenMP counts more threads than there
    are processors."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._over = threading.Event()

    def hold(self, count: int) -> None:
        """Hold a team of so many, whoever begins it counted, or let it go for 0; a team that is
        held stays as it is. Does nothing unless GNU's OpenMP is loaded."""
        if self._thread is not None and not count:
            self._over.set()
            self._thread.join()
            self._thread = None
        elif self._thread is None and count and (begin := openmp()) is not None:
            self._over.clear()
            self._thread = threading.Thread(target=self._rest, args=[begin, count], daemon=True)
            self._thread.start()

    def _rest(self, begin: Any, count: int) -> None:
        """A team belongs to the thread that began it, and ends with that."""
        begin(count)
        self._over.wait()
