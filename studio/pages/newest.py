"""Of answers that a page asked for one after another, only the newest counts.

A field that is left by pressing a button asks twice at once, and each question is answered by a
thread of its own: the first one's answer may come last, and would show what stood there before.
"""

from __future__ import annotations

import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from typing import Any

import gradio as gr

PAGES = 1_000  # open at once, whose newest question is known


class Newest:
    """Wraps the handlers that answer into the same parts of a page; pages are told apart.

    Where handlers change what others answer from, let each begin `in_turn`, when the one before has
    ended: the newest one knows of all that they did.
    """

    def __init__(self, *, in_turn: bool = False) -> None:
        self._turn: AbstractContextManager[object] = threading.Lock() if in_turn else nullcontext()
        self._lesser: list[Newest] = []
        self._lock = threading.Lock()
        self._count = count()
        self._asked: OrderedDict[str, int] = OrderedDict()

    def __call__(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The handler, which changes nothing where something newer was asked meanwhile."""
        call = _with_request(handler)

        def answer(request: gr.Request, *given: Any) -> Any:
            page = request.session_hash or ""
            with self._turn:
                mine = self._ask(page)
                updates = call(request, *given)
            with self._lock:
                stands = self._asked.get(page, mine) == mine
            if not stands:
                return gr.skip()
            self._overtake(page)
            return updates

        return answer

    def lesser(self) -> Newest:
        """One for handlers that answer into some of these parts only, from what the others hold.

        What is asked here overtakes what is asked there until this is answered. It does not hold
        the other way round, or the rest of the parts would stay as they were.
        """
        self._lesser.append(Newest())
        return self._lesser[-1]

    def began(self, request: gr.Request) -> bool:
        """Whether the page has asked anything before."""
        with self._lock:
            return (request.session_hash or "") in self._asked

    def _ask(self, page: str) -> int:
        self._overtake(page)
        with self._lock:
            mine = self._asked[page] = next(self._count)
            self._asked.move_to_end(page)
            if len(self._asked) > PAGES:
                self._asked.popitem(last=False)
            return mine

    def _overtake(self, page: str) -> None:
        for one in self._lesser:
            one._ask(page)


def _with_request(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler as one that is told the request first, whether it asks for it or not."""
    if "request" in inspect.signature(handler).parameters:
        return handler
    return lambda request, *given: handler(*given)
