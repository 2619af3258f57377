"""The way in where a password is asked for: who is not signed in sees the login page alone."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.attempts import Attempts
from studio.login_page import login_page
from studio.passwords import Passwords
from studio.sessions import DAYS, Sessions
from studio.shell import ALL, SIGNED_IN

LOGIN, LOGOUT = "/login", "/logout"
# What the login page itself needs, and what browsers fetch without cookies.
OPEN = ("/theme/", "/favicon.", "/manifest.json", "/robots.txt")


class Login:
    """ASGI middleware; `required` where the server can be reached from other machines.

    Elsewhere it asks as soon as a password is set, and lets everybody in while there is none.
    """

    def __init__(
        self,
        app: ASGIApp,
        passwords: Passwords,
        sessions: Sessions,
        attempts: Attempts,
        *,
        version: str,
        required: bool = False,
    ) -> None:
        self._app = app
        self._passwords = passwords
        self._sessions = sessions
        self._attempts = attempts
        self._version = version
        self._required = required
        self._guessing = asyncio.Lock()  # one hash at a time: it takes 32 MB and a core

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        mark, path = self._passwords.mark(), scope["path"]
        token = _cookie(Headers(scope=scope), name(mark))
        asked = self._required or self._passwords.known()
        inside = not asked or self._sessions.alive(token, mark)
        scope = {**scope, SIGNED_IN: asked and inside}
        if path == LOGIN:
            answer = await self._at_the_door(Request(scope, receive), mark, inside)
        elif path == LOGOUT:
            answer = self._out(scope, token, mark)
        elif inside or path.startswith(OPEN):
            await self._app(scope, receive, send)
            return
        else:
            answer = _away(scope)
        await answer(scope, receive, send)

    async def _at_the_door(self, request: Request, mark: str, inside: bool) -> Response:
        wanted = dict(parse_qsl(request.scope["query_string"].decode("latin-1")))
        to = inner(wanted.get("next", ""))
        if inside:
            return RedirectResponse(to, 303)
        if request.method in ("GET", "HEAD"):
            return self._page(to)
        if request.method != "POST":
            return _wrong_method("GET, POST")
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        address = request.client.host if request.client else ""
        async with self._guessing:
            wait = self._attempts.wait(address)
            if wait > 0:
                seconds = math.ceil(wait)
                return self._page(
                    to, "Too many wrong tries.", 429, {"Retry-After": str(seconds)}, seconds
                )
            guess = form.get("password", [""])[0]
            if not await run_in_threadpool(self._passwords.matches, guess):
                self._attempts.failed(address)
                return self._page(to, "This is not the password.", 401)
            self._attempts.passed(address)
        answer = RedirectResponse(to, 303)
        answer.set_cookie(
            name(mark),
            self._sessions.begin(mark),
            max_age=DAYS * 86_400,
            httponly=True,
            samesite="lax",
            secure=request.scope.get("scheme") == "https",
        )
        return answer

    def _page(
        self,
        to: str,
        problem: str = "",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        seconds: int = 0,
    ) -> Response:
        html = login_page(
            action=f"{LOGIN}?{urlencode({'next': to})}" if to != "/" else LOGIN,
            version=self._version,
            problem=problem,
            wait=seconds,
            missing=not self._passwords.known(),
        )
        return HTMLResponse(html, status, {"Cache-Control": "no-store", **(headers or {})})

    def _out(self, scope: Scope, token: str, mark: str) -> Response:
        if scope["method"] != "POST":
            return _wrong_method("POST")
        if token:
            self._sessions.end(token)
        answer = RedirectResponse(LOGIN if mark or self._required else "/", 303)
        answer.delete_cookie(name(mark), httponly=True, samesite="lax")
        return answer


def name(mark: str) -> str:
    """The cookie's name: browsers do not tell two studios on one machine apart by their port."""
    return f"attune-{mark[:8] or 'none'}"


def inner(address: str) -> str:
    """A page of the studio with what stands behind its "?"; "/" for anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path not in ALL:
        return "/"
    return f"{parts.path}?{urlencode(parse_qsl(parts.query))}" if parts.query else parts.path


def _cookie(headers: Headers, wanted: str) -> str:
    jar = SimpleCookie()
    try:
        jar.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[wanted].value if wanted in jar else ""


def _away(scope: Scope) -> Response:
    """A page leads to the login and back; anything else is refused."""
    if scope["path"] in ALL and scope["method"] in ("GET", "HEAD"):
        behind = scope["query_string"].decode("latin-1")
        there = scope["path"] + (f"?{behind}" if behind else "")
        query = f"?next={quote(there, safe='')}" if there != "/" else ""
        return RedirectResponse(LOGIN + query, 303, {"Cache-Control": "no-store"})
    return PlainTextResponse("Sign in first.", 401)


def _wrong_method(allowed: str) -> Response:
    return PlainTextResponse("Not in this way.", 405, {"Allow": allowed})
