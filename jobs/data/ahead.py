"""Reading ahead: one thread reads the next batches while another works on the last."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
DEPTH = 3  # items that wait; each may be some megabytes
_END = object()


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The same items, made in a thread of their own; what it raises is raised here."""
    waiting: queue.Queue[object] = queue.Queue(DEPTH)
    leave = threading.Event()

    def put(item: object) -> bool:
        while not leave.is_set():
            try:
                waiting.put(item, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for item in items:
                if not put(item):
                    return
            put(_END)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            put(_Raised(error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not _END:
            if isinstance(item, _Raised):
                raise item.error
            yield item  # type: ignore[misc]
    finally:
        leave.set()
        thread.join()


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error


class Worker(Generic[T]):
    """Hands items to a thread that works on them in order; what it raises comes with the next."""

    def __init__(self, work: Callable[[T], None]) -> None:
        self._work = work
        self._waiting: queue.Queue[T | object] = queue.Queue(DEPTH)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def give(self, item: T) -> None:
        """Wait for room, and leave the item to the thread."""
        self._raise()
        self._waiting.put(item)

    def finish(self) -> None:
        """Wait until all is done."""
        self._waiting.put(_END)
        self._thread.join()
        self._raise()

    def _loop(self) -> None:
        while (item := self._waiting.get()) is not _END:
            if self._error is not None:
                continue  # whoever gives learns of it; the queue must not fill up
            try:
                self._work(item)  # type: ignore[arg-type]
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that gives
                self._error = error

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error


@contextmanager
def working(work: Callable[[T], None]) -> Iterator[Worker[T]]:
    """A worker that is done, or at least ended, when the block is left."""
    worker = Worker(work)
    try:
        yield worker
    finally:
        worker.finish()
