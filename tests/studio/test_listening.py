"""Port and certificate are looked at before anything else is done; what is wrong is said."""

from __future__ import annotations

import errno
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs import AttuneError
from jobs.home import Home
from studio import server
from studio.address import Address, check_address
from studio.listening import listen
from studio.passwords import Passwords


@pytest.fixture
def taken() -> Any:
    """A port that somebody listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_refused_before_the_pages_are_built(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def built(*_: object, **__: object) -> None:
        raise AssertionError("the pages were built for a port that cannot be had")

    class Opened:
        home = Home(tmp_path).make()

    monkeypatch.setattr(server, "create_app", built)
    with pytest.raises(AttuneError, match="something listens there already") as refused:
        server.serve(Opened(), Address(port=taken), open_browser=False)  # type: ignore[arg-type]
    assert "--port" in refused.value.cure
    assert capfd.readouterr() == ("", "")  # the one who called says it, nobody before him


def test_of_two_that_begin_at_once_one_has_the_port() -> None:
    with listen(Address(port=0)) as first:
        with pytest.raises(AttuneError, match="cannot be had"):
            listen(Address(port=first.getsockname()[1]))
        # It waits for an answer rather than being refused while the pages are being built.
        socket.create_connection(first.getsockname(), 5).close()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-machine.invalid"])
def test_an_address_of_another_machine_is_named(host: str) -> None:
    with pytest.raises(AttuneError, match=f"“{host}” is no address of this machine") as refused:
        listen(Address(host=host, port=0))
    assert "127.0.0.1" in refused.value.cure


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.EACCES, "may not listen on it. Choose one above 1023"), (errno.EIO, "error. Choose")],
)
def test_other_reasons_are_said(number: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(socket.socket):
        def bind(self, _: object) -> None:
            raise OSError(number, "An error")

    monkeypatch.setattr("studio.listening.socket.socket", Refusing)
    with pytest.raises(AttuneError) as refused:
        listen(Address(port=80))
    assert said in str(refused.value)


@pytest.mark.parametrize(("host", "made"), [("127.0.0.1", True), ("::1", socket.has_ipv6)])
def test_it_listens_on_either_kind_of_address(
    host: str, made: bool, request: pytest.FixtureRequest
) -> None:
    if not made:
        pytest.skip("no IPv6 here")
    try:
        listening = listen(Address(host=host, port=0))
    except AttuneError:
        if host == "127.0.0.1":
            raise
        pytest.skip("no IPv6 here")
    request.addfinalizer(listening.close)
    reached: Callable[[], None] = socket.create_connection(listening.getsockname()[:2], 5).close
    reached()


def test_what_is_no_certificate_is_refused_at_once(tmp_path: Path) -> None:
    paper = tmp_path / "rows.jsonl"
    paper.write_text('{"prompt": "a", "completion": "b"}\n')
    with pytest.raises(AttuneError, match="is no certificate with its key") as refused:
        check_address(Address(certificate=paper), Passwords(tmp_path))
    assert "--key" in refused.value.cure


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make keys with")
def test_a_key_with_a_password_is_left_to_be_asked_for(tmp_path: Path) -> None:
    key, own = tmp_path / "key.pem", tmp_path / "own.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    words += ["-passout", "pass:a secret", "-subj", "/CN=x", "-keyout", str(key), "-out", str(own)]
    subprocess.run(words, check=True, capture_output=True)
    check_address(Address(certificate=own, key=key), Passwords(tmp_path))
    with pytest.raises(AttuneError, match=r"own\.pem” is no certificate with its key"):
        check_address(Address(certificate=own), Passwords(tmp_path))
