"""The page around Gradio: title, navigation and style sheet, there before any script has run.

Gradio serves one template for all pages; this middleware puts the studio's own head and header
into it, and takes out what names other servers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.parts.text import esc

PAGES: Mapping[str, str] = {
    "/": "Start",
    "/data": "Data",
    "/train": "Train",
    "/runs": "Runs",
    "/compare": "Compare",
    "/use": "Use",
}

# Pages that others lead to: not in the list of pages, and which of these they belong to.
INNER: Mapping[str, tuple[str, str]] = {"/vote": ("Blind votes", "/compare")}

SIGNED_IN = "attune.signed_in"  # in the scope of a request: somebody who may want to sign out

ALL = frozenset({*PAGES, *INNER})

_FOREIGN = re.compile(r"<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*>\s*", re.DOTALL)
_FRAMES = re.compile(r"<script data-gradio-mode>.*?</script>\s*<script>.*?</script>", re.DOTALL)
_BASE = re.compile(r"<base [^>]*>\s*")  # it would lead "#content" away from the page
_BODY = re.compile(r"(<body[^>]*>)", re.DOTALL)
_TITLE = '"title":"Attune"'  # of the whole app, which Gradio's script would put over a page's own
_MODE = '<script>window.__gradio_mode__ = "app";</script>'


@dataclass(frozen=True)
class Shell:
    """ASGI middleware; `version` marks the style sheet, so that a new one is fetched."""

    app: ASGIApp
    version: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in ALL or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        # Without an accepted encoding the page comes as it is, to be changed. What is asked for
        # behind the "?" is for our own handlers: Gradio would take `page` and `deep_link` for its.
        headers = [h for h in scope["headers"] if h[0] != b"accept-encoding"]
        plain = {**scope, "headers": headers, "query_string": b""}
        start: Message = {}
        body = b""

        async def held(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            if Headers(raw=start["headers"]).get("content-type", "").startswith("text/html"):
                leaves = bool(scope.get(SIGNED_IN))
                body = dress(body.decode(), scope["path"], self.version, leaves=leaves).encode()
                changed = MutableHeaders(raw=start["headers"])
                changed["content-length"] = str(len(body))
                changed["cache-control"] = "no-store"
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self.app(plain, receive, held)


def dress(page: str, path: str, version: str, *, leaves: bool = False) -> str:
    """Gradio's page with the studio's head and header; `leaves` adds the way to sign out."""
    page = _BASE.sub("", _FOREIGN.sub("", page))
    page = _FRAMES.sub(_MODE, page, count=1)
    page = page.replace(_TITLE, f'"title":"{_title(path)}"', 1)
    page = page.replace("<head>", f"<head>{_head(_title(path), version)}", 1)
    return _BODY.sub(lambda m: m[1] + _header(path, leaves), page, count=1)


def _name(path: str) -> str:
    return PAGES[path] if path in PAGES else INNER[path][0]


def _title(path: str) -> str:
    return f"{_name(path)} · Attune"


def _head(title: str, version: str) -> str:
    return (
        f"<title>{esc(title)}</title>"
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml"/>'
        f'<link rel="stylesheet" href="/theme/studio.css?v={version}"/>'
        f'<script src="/theme/studio.js?v={version}"></script>'
    )


def _header(path: str, leaves: bool) -> str:
    here = INNER[path][1] if path in INNER else path
    links = "".join(
        f'<a href="{where}"{" aria-current=page" if where == here else ""}>{esc(name)}</a>'
        for where, name in PAGES.items()
    )
    out = (
        '<form method="post" action="/logout"><button type="submit" class="out">Sign out</button>'
        "</form>"
    )
    return (
        '<a class="skip" href="#content">Skip to the page</a>'
        '<header class="site"><div><a class="brand" href="/"><svg viewBox="0 0 24 24" '
        'aria-hidden="true"><path d="M7 2v7a5 5 0 0 0 10 0V2M12 14v8" fill="none"/></svg>'
        f'Attune</a><nav aria-label="Pages of the studio">{links}</nav>'
        '<button type="button" class="shade" id="shade" aria-label="Dark colours" '
        'aria-pressed="false"><svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" '
        'r="6" fill="none"/><path class="full" d="M8 2a6 6 0 0 1 0 12z"/></svg></button>'
        f"{out if leaves else ''}</div></header>"
    )
