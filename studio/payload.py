"""What a page sends to its handlers, looked at before Gradio does.

A mounted Gradio app takes any path of this machine for an upload, reads it and shows it, and
fetches any address: it checks that a file was uploaded only in apps that it launched itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.uploads import Uploads

PREDICT = "/gradio_api/run/predict"
_DEEPEST = 64


@dataclass(frozen=True)
class Payload:
    """ASGI middleware; bodies are bounded by the guard before it.

    `calls` has the number of inputs of each handler, by the handler's number.
    """

    app: ASGIApp
    uploads: Uploads
    calls: Mapping[int, int]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PREDICT or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":  # it went away, or sent too much
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if not self.accepts(bytes(body)):
            refusal = JSONResponse({"error": "The page cannot send this."}, 400)
            await refusal(scope, receive, send)
            return
        waiting: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, again, send)

    def accepts(self, body: bytes) -> bool:
        """Whether a body is one that the pages could have sent."""
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return False
        if not isinstance(told, dict) or not self._is_call(told):
            return False
        try:
            return all(self._is_file(found) for found in _dicts(told, _DEEPEST))
        except RecursionError:
            return False

    def _is_call(self, told: dict[str, Any]) -> bool:
        number, name, data = told.get("fn_index"), told.get("session_hash"), told.get("data")
        return (
            type(number) is int
            and isinstance(data, list)
            and self.calls.get(number) == len(data)
            and (name is None or isinstance(name, str))
        )

    def _is_file(self, found: dict[str, Any]) -> bool:
        """A description of a file names an upload; what describes no file is none of our business.

        Gradio reads a path out of any object that has one, whatever else it says of itself.
        """
        if "path" not in found and "meta" not in found and "is_stream" not in found:
            return True
        return not found.get("is_stream") and self.uploads.holds(found.get("path"))


def _dicts(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every object in a JSON document, however deep; deeper than `depth` is an error."""
    if not depth:
        raise RecursionError
    inside: Any = ()
    if isinstance(value, dict):
        yield value
        inside = value.values()
    elif isinstance(value, list):
        inside = value
    for item in inside:
        yield from _dicts(item, depth - 1)
