"""Of answers that a page asked for one after another, only the newest counts.

A field that is left by pressing a button asks twice at once, and each question is answered by a
thread of its own: the first one's answer may come last, and would show what stood there before.
"""

from __future__ import annotations

import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from typing import Any

import gradio as gr

PAGES = 1_000  # open at once, whose newest question is known


class Newest:
    """Wraps the handlers that answer into the same parts of a page; pages are told apart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = count()
        self._asked: OrderedDict[str, int] = OrderedDict()

    def __call__(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The handler, which changes nothing where something newer was asked meanwhile."""
        call = _with_request(handler)

        def answer(request: gr.Request, *given: Any) -> Any:
            page = request.session_hash or ""
            mine = self._ask(page)
            updates = call(request, *given)
            with self._lock:
                return updates if self._asked.get(page, mine) == mine else gr.skip()

        return answer

    def standing(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The handler of a press, which changes what it changes whatever is asked meanwhile: a
        field that was left before it may ask after it."""
        call = _with_request(handler)

        def answer(request: gr.Request, *given: Any) -> Any:
            self._ask(request.session_hash or "")
            return call(request, *given)

        return answer

    def _ask(self, page: str) -> int:
        with self._lock:
            mine = self._asked[page] = next(self._count)
            self._asked.move_to_end(page)
            if len(self._asked) > PAGES:
                self._asked.popitem(last=False)
            return mine


def _with_request(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler as one that is told the request first, whether it asks for it or not."""
    if "request" in inspect.signature(handler).parameters:
        return handler
    return lambda request, *given: handler(*given)
