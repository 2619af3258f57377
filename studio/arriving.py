"""Uploads on their way in: whether there is room for them, and nothing left of one that breaks off.

Gradio writes what comes to a file of its own and takes that away only where the form itself is
wrong. A browser that goes away in mid-upload, or one that sends too much, would leave up to
gigabytes behind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message as Headed

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.uploads import Uploads

UPLOAD = "/gradio_api/upload"
EACH = 16 * 2**20  # bytes between two looks at the room that is left
# Longer than any header that the parser of forms takes (8 KiB).
_TOO_LONG = b"x" * 20_000


@dataclass(frozen=True)
class Arriving:
    """ASGI middleware just around Gradio; the limit of an upload's size stands in the guard."""

    app: ASGIApp
    uploads: Uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != UPLOAD or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "")
        lack = self.uploads.lack(int(announced) if announced.isdecimal() else 0)
        if lack:
            await PlainTextResponse(lack, 507)(scope, receive, send)
            return
        form = _Form(self.uploads, receive, boundary(headers.get("content-type", "")))

        async def answered(message: Message) -> None:
            if not form.lack:
                await send(message)

        await self.app(scope, form.next, answered)
        if form.lack:
            await PlainTextResponse(form.lack, 507)(scope, receive, send)


@dataclass
class _Form:
    """A form as it comes. Where it breaks off, or the room runs out, it is ended with a part that
    no parser takes: upon that Gradio removes the files that it had begun.
    """

    uploads: Uploads
    receive: Receive
    boundary: bytes
    lack: str = ""
    came: int = field(default=0)
    looked: int = field(default=0)
    ended: bool = False

    async def next(self) -> Message:
        """What comes next, for the app."""
        if self.ended:
            return {"type": "http.disconnect"}
        message = await self.receive()
        self.came += len(message.get("body", b""))
        if self.came - self.looked >= EACH:
            self.looked, self.lack = self.came, self.uploads.lack(0)
        if message["type"] == "http.request" and not self.lack:
            return message
        self.ended = True
        if not self.boundary:
            return {"type": "http.disconnect"}
        body = b"\r\n--" + self.boundary + b"\r\n" + _TOO_LONG
        return {"type": "http.request", "body": body, "more_body": False}


def boundary(kind: str) -> bytes:
    """What stands between the parts of a form of this Content-Type; b"" where it is none."""
    headed = Headed()
    headed["content-type"] = kind
    found = headed.get_param("boundary")
    return found.encode("latin-1", "ignore") if isinstance(found, str) else b""
