"""Threads of an import: some read ahead, one works on what was read, one looks as it is written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from threading import Event
from typing import Generic, TypeVar

T = TypeVar("T")
POLL = 0.2  # seconds between two looks at whether work is still wanted
DEPTH = 3  # items that wait; each may be some megabytes
THREADS = 2  # that make and prepare items
_END = object()


def ahead(
    items: Iterator[T], prepare: Callable[[T], object] = lambda item: None
) -> Generator[T, None, None]:
    """The same items in their order, made one after the other by threads of their own.

    Each is prepared by the thread that made it, while another makes the next: what it works on is
    still near its processor. What is raised there is raised here.
    """
    threads = ThreadPoolExecutor(THREADS)
    made = Event()
    made.set()

    def work(before: Event, made: Event) -> T | object:
        before.wait()
        try:
            item = next(items, _END)
        finally:
            made.set()
        if item is not _END:
            prepare(item)  # type: ignore[arg-type]
        return item

    def submitted() -> Iterator[Future[T | object]]:
        nonlocal made
        while True:
            before, made = made, Event()
            yield threads.submit(work, before, made)

    try:
        coming = submitted()
        waiting = deque(islice(coming, DEPTH))
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(next(coming))
            yield item  # type: ignore[misc]
    finally:
        threads.shutdown(cancel_futures=True)


class Worker(Generic[T]):
    """Hands items to a thread that works on them in order; what it raises comes with a later one.

    Items that wait by then may still be worked on: what a failed worker made is to be thrown away.
    """

    def __init__(self, work: Callable[[T], None]) -> None:
        self._work = work
        self._thread = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def give(self, item: T) -> None:
        """Wait for room, and leave the item to the thread."""
        while len(self._waiting) > DEPTH or (self._waiting and self._waiting[0].done()):
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._work, item))

    def finish(self) -> None:
        """Wait until all is done."""
        try:
            while self._waiting:
                self._waiting.popleft().result()
        finally:
            self._thread.shutdown(cancel_futures=True)

    def end(self) -> None:
        """Wait for the item that is worked on, and forget the others."""
        self._thread.shutdown(cancel_futures=True)


@contextmanager
def working(work: Callable[[T], None]) -> Iterator[Worker[T]]:
    """A worker that is done, or at least ended, when the block is left."""
    worker = Worker(work)
    try:
        yield worker
    finally:
        worker.finish()


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
