"""The login's cookie over a real connection: by the studio's own HTTPS, and behind a proxy."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from jobs.home import Home
from studio.passwords import Passwords

PASSWORD = "a few words together"
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make keys with")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a password, and beside it a key with the certificate that it signed itself."""
    folder = tmp_path_factory.mktemp("tls")
    Passwords(Home(folder / "home").make().login).set(PASSWORD)
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    words += ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
    words += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    words += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "own.pem")]
    subprocess.run(words, check=True, capture_output=True)
    return folder


def serving(folder: Path, *more: str) -> Iterator[int]:
    """The studio as it really runs, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    words = [sys.executable, "-P", "-m", "studio.cli", "ui", "--home", str(folder / "home")]
    words += ["--port", str(port), "--no-browser", *more]
    server = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def secure(folder: Path) -> Iterator[int]:
    keys = ("--certificate", str(folder / "own.pem"), "--key", str(folder / "key.pem"))
    yield from serving(folder, *keys)


@pytest.fixture(scope="module")
def plain(folder: Path) -> Iterator[int]:
    yield from serving(folder, "--name", "studio.example")


@pytest.fixture
def sign_in(folder: Path) -> Callable[..., Morsel[str]]:
    """Signs in and looks at a page with the cookie that came, which it gives back."""

    def go(port: int, *, tls: bool = False, source: str = "127.0.0.1", **more: str) -> Morsel[str]:
        def line() -> http.client.HTTPConnection:
            if not tls:
                return http.client.HTTPConnection("127.0.0.1", port, 30, (source, 0))
            # The certificate is checked as a browser does that was told to trust it.
            trust = ssl.create_default_context(cafile=folder / "own.pem")
            return http.client.HTTPSConnection("localhost", port, timeout=30, context=trust)

        headers = {name.replace("_", "-"): value for name, value in more.items()}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        first, second = line(), line()
        first.request("POST", "/login", urlencode({"password": PASSWORD}), form | headers)
        answer = first.getresponse()
        assert answer.status == 303
        (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
        second.request("GET", "/runs", headers={"Cookie": f"{cookie.key}={cookie.value}"} | headers)
        assert second.getresponse().status == 200
        first.close()
        second.close()
        assert cookie["samesite"] == "lax"
        assert cookie["httponly"]
        return cookie

    return go


def test_over_its_own_https_the_cookie_is_for_https_alone(
    secure: int, sign_in: Callable[..., Morsel[str]]
) -> None:
    assert sign_in(secure, tls=True)["secure"]


def test_over_https_nothing_is_answered_in_the_open(secure: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", secure, timeout=10)
    line.request("GET", "/login")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        line.getresponse()
    line.close()


def test_an_unknown_certificate_is_not_trusted_by_itself(secure: int) -> None:
    """The test's own client does look: otherwise the ones above would prove little."""
    line = http.client.HTTPSConnection("localhost", secure, timeout=10)
    with pytest.raises(ssl.SSLCertVerificationError):
        line.request("GET", "/login")
    line.close()


def test_in_the_open_it_is_not(plain: int, sign_in: Callable[..., Morsel[str]]) -> None:
    """A browser would never send it back otherwise, and nobody could sign in."""
    assert not sign_in(plain)["secure"]


def test_a_proxy_on_this_machine_says_that_it_speaks_https(
    plain: int, sign_in: Callable[..., Morsel[str]]
) -> None:
    told = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.7"}
    public = {"Host": "studio.example", "Origin": "https://studio.example"}
    assert sign_in(plain, **told, **public)["secure"]
    assert not sign_in(plain, **(told | {"X_Forwarded_Proto": "http"}), **public)["secure"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="127.0.0.2 is there on Linux")
def test_anybody_else_who_says_so_is_not_believed(
    plain: int, sign_in: Callable[..., Morsel[str]]
) -> None:
    """127.0.0.2 stands for another machine: it is no address that a proxy is trusted at."""
    forged = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "127.0.0.1"}
    assert not sign_in(plain, source="127.0.0.2", **forged)["secure"]
