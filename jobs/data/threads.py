"""Threads of an import: two take rows in turns, one looks at them while they are written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from threading import Event
from typing import TypeVar

T = TypeVar("T")
POLL = 0.2  # seconds between two looks at whether work is still wanted
DEPTH = 3  # items that wait; each may be some megabytes
THREADS = 2  # that take items in turns
_END = object()


def in_turns(
    items: Iterator[T], prepare: Callable[[T], object], use: Callable[[T], object]
) -> Generator[T, None, None]:
    """The same items in their order, each made, prepared and used by one of two threads.

    One item at a time is made and one is used, in their order; meanwhile another is prepared. An
    item stays with its thread, near its processor, and no third thread waits for the interpreter.
    What is raised there is raised here, and no later item is used. Items that were not asked for
    may have been used when it is left.
    """
    threads = ThreadPoolExecutor(THREADS)
    made, used, left = Event(), Event(), Event()
    made.set()
    used.set()

    def work(may_make: Event, made: Event, may_use: Event, used: Event) -> T | object:
        well = False
        try:
            may_make.wait()
            item = _END if left.is_set() else next(items, _END)
            made.set()
            if item is not _END:
                prepare(item)  # type: ignore[arg-type]
                may_use.wait()
                if not left.is_set():
                    use(item)  # type: ignore[arg-type]
            well = True
            return item
        finally:
            if not well:
                left.set()
            made.set()
            used.set()

    def submitted() -> Iterator[Future[T | object]]:
        nonlocal made, used
        while True:
            may_make, may_use, made, used = made, used, Event(), Event()
            yield threads.submit(work, may_make, made, may_use, used)

    try:
        coming = submitted()
        waiting = deque(islice(coming, DEPTH))
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(next(coming))
            yield item  # type: ignore[misc]
    finally:
        left.set()
        threads.shutdown(cancel_futures=True)


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
