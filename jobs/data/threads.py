"""Threads of an import: two take rows in turns, one looks at them while they are written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Event
from typing import TypeVar

T = TypeVar("T")
POLL = 0.2  # seconds between two looks at whether work is still wanted
DEPTH = 3  # items that wait; each may be some megabytes
THREADS = 2  # that take items in turns
_END = object()


def in_turns(
    items: Iterator[T], prepare: Callable[[T], object], *uses: Callable[[T], object]
) -> Generator[T, None, None]:
    """The same items in their order, each taken through all of its work by one of two threads.

    An item is made, prepared, and given to each of `uses` in turn. Only one item at a time is made,
    and each of `uses` gets one at a time, in their order; whatever else the threads do goes on
    beside it. An item stays with its thread, near its processor, and no third thread waits for the
    interpreter. What is raised there is raised here in its turn, and no later item is used. Items
    that were not asked for may have been used when it is left.
    """
    threads, left = ThreadPoolExecutor(THREADS), Event()
    last = _Turn([Event() for _ in range(1 + len(uses))])
    last.end(well=True)

    def submitted() -> Iterator[Future[T | object]]:
        nonlocal last
        while True:
            before, last = last, _Turn([Event() for _ in last.steps])
            yield threads.submit(_one, items, prepare, uses, before, last, left)

    try:
        coming = submitted()
        waiting = deque(islice(coming, DEPTH))
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(next(coming))
            yield item  # type: ignore[misc]
    finally:
        left.set()
        threads.shutdown(cancel_futures=True)


@dataclass
class _Turn:
    """How far the work on one item is."""

    steps: list[Event]  # each set once the step is done, or never will be
    broken: bool = False

    def end(self, *, well: bool) -> None:
        self.broken = not well
        for step in self.steps:
            step.set()


def _one(
    items: Iterator[T],
    prepare: Callable[[T], object],
    uses: Sequence[Callable[[T], object]],
    before: _Turn,
    own: _Turn,
    left: Event,
) -> T | object:
    """All that is done with the next item, each step once the item before has had it."""
    well = False
    try:
        before.steps[0].wait()
        item = _END if before.broken or left.is_set() else next(items, _END)
        own.steps[0].set()
        if item is not _END:
            prepare(item)  # type: ignore[arg-type]
            for use, turn, step in zip(uses, before.steps[1:], own.steps[1:], strict=True):
                turn.wait()
                if before.broken or left.is_set():
                    return item
                use(item)  # type: ignore[arg-type]
                step.set()
        well = True
        return item
    finally:
        own.end(well=well)


Going = Callable[[], None]  # asked by work now and then: raises where it is not wanted any more


class Abandoned(Exception):
    """Who wanted the work has gone."""


@contextmanager
def beside(work: Callable[[Going], T]) -> Iterator[Callable[[Callable[[], None]], T]]:
    """Work in a thread of its own, for the block; who leaves the block ends it at its next call.

    What the block gets waits for the result, and calls what it is given every `POLL` seconds.
    """
    left = Event()

    def going() -> None:
        if left.is_set():
            raise Abandoned

    thread = ThreadPoolExecutor(1)
    try:
        future = thread.submit(work, going)

        def result(tick: Callable[[], None]) -> T:
            while not future.done():
                wait([future], POLL)
                tick()
            return future.result()

        yield result
    finally:
        left.set()
        thread.shutdown()
