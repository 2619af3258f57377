"""The server's own door: who may ask, from where, for what, and how much.

Gradio answers any `Host` (DNS rebinding), stores uploads from any origin, and offers routes that
the pages do not need, some of which fetch from other servers. All requests pass here first.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.address import LOOPBACK

MEGABYTE = 1_000_000
LOGIN_LIMIT = 10_000  # bytes: one password
LONGEST_KIND = 200  # characters of a Content-Type; browsers' boundaries have some forty

# What the pages ask for; everything else that Gradio would answer does not exist here.
OPEN = (
    "/assets/",
    "/static/",
    "/theme/",
    "/download/",
    "/forgotten/",
    "/report/",
    "/gradio_api/heartbeat/",
    "/gradio_api/file=",
)
FILES = frozenset(
    {
        *("/theme.css", "/favicon.ico", "/favicon.svg", "/manifest.json", "/robots.txt"),
        *("/gradio_api/run/predict", "/gradio_api/upload", "/gradio_api/upload_progress"),
        *("/gradio_api/startup-events", "/login", "/logout", "/news"),
    }
)
# What Gradio would believe of whoever sends it: its own addresses are made of these.
BELIEVED = frozenset(
    {b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server", b"x-forwarded-prefix"}
)
SAFE = frozenset({"GET", "HEAD"})

# Gradio's own scripts are inline and make functions from templates, hence both "unsafe" words;
# what counts is that nothing can be fetched from, or sent to, another origin.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True)
class Guard:
    """ASGI middleware; `pages` are the paths of the studio's own pages, limits are bytes.

    With `addresses` any bare IP address is an answer to "whose `Host` is this": a foreign name can
    be made to point here (DNS rebinding), an address cannot.
    """

    app: ASGIApp
    pages: frozenset[str]
    hosts: frozenset[str] = LOOPBACK
    addresses: bool = False
    upload_limit: int = 2000 * MEGABYTE
    body_limit: int = 8 * MEGABYTE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # no page uses a websocket
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self.refusal(scope)
        if refusal is not None:
            await _guarded(refusal, scope, receive, send)
            return
        kept = [h for h in scope["headers"] if h[0].lower() not in BELIEVED]
        await self._limited({**scope, "headers": kept}, receive, send)

    def refusal(self, scope: Scope) -> PlainTextResponse | None:
        """Why this request is not answered, or None."""
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if not self._named(hostname(host)):
            return _no(421, "This address is not one that the studio answers to.")
        if not _from_here(headers, host, scope["method"], path in self.pages):
            return _no(403, "The studio only answers to its own pages.")
        if not self._exists(path):
            return _no(404, "There is nothing here.")
        if len(headers.get("content-type", "")) > LONGEST_KIND:
            return _no(400, "That is no kind of content.")
        size = headers.get("content-length", "")
        if size and not (_is_number(size) and int(size) <= self._limit(path)):
            return _no(413, f"That is more than {self._limit(path) / MEGABYTE:g} MB.")
        return None

    def _named(self, host: str) -> bool:
        return host in self.hosts or (self.addresses and is_address(host))

    def _exists(self, path: str) -> bool:
        if path in self.pages or path in FILES:
            return True
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in unquote(unquote(path))):
            return False
        if ".." in unquote(path).replace("\\", "/").split("/"):
            return False
        if path.startswith("/gradio_api/file=") and "://" in unquote(unquote(path)):
            return False  # Gradio would fetch it
        return path.startswith(OPEN)

    def _limit(self, path: str) -> int:
        if path == "/login":
            return LOGIN_LIMIT
        return self.upload_limit if path == "/gradio_api/upload" else self.body_limit

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        left, over, started = self._limit(scope["path"]), False, False

        async def counted() -> Message:
            nonlocal left, over
            message = await receive()
            left -= len(message.get("body", b""))
            over = over or left < 0
            return {"type": "http.disconnect"} if over else message

        async def watched(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # the app's own words on a body that broke off
            started = started or message["type"] == "http.response.start"
            await _with_headers(message, send)

        try:
            await self.app(scope, counted, watched)
        except ClientDisconnect:
            if not over:
                raise
        if over and not started:
            await _guarded(_no(413, "That is too much."), scope, receive, send)


def hostname(host: str) -> str:
    """The name in a `Host` header, without port and brackets; "" where it makes no sense."""
    try:
        return (urlsplit(f"//{host}").hostname or "") if "@" not in host else ""
    except ValueError:
        return ""


def is_address(host: str) -> bool:
    """Whether the name is a bare IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    return len(text) < 20 and text.isascii() and text.isdigit()


def _from_here(headers: Headers, host: str, method: str, page: bool) -> bool:
    """Whether a browser says that the request comes from the studio's own pages.

    A program without a browser sends neither header; it can do nothing that its user cannot.
    """
    origin = headers.get("origin")
    if origin is not None and _netloc(origin) != host.lower():
        return False
    site = headers.get("sec-fetch-site", "none")
    if site in ("same-origin", "none"):
        return True
    navigates = headers.get("sec-fetch-mode") == "navigate"
    return page and navigates and method in SAFE  # a link to a page from anywhere is fine


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _no(status: int, sentence: str) -> PlainTextResponse:
    return PlainTextResponse(sentence, status_code=status)


async def _guarded(response: PlainTextResponse, scope: Scope, receive: Receive, send: Send) -> None:
    async def headed(message: Message) -> None:
        await _with_headers(message, send)

    await response(scope, receive, headed)


async def _with_headers(message: Message, send: Send) -> None:
    if message["type"] == "http.response.start":
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers[name] = value
        # Gradio's own answer to foreign origins is not wanted; there are none.
        for name in ("access-control-allow-origin", "access-control-allow-credentials"):
            if name in headers:
                del headers[name]
    await send(message)
