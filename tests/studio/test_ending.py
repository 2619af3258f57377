"""A studio that is told to end lets go of open pages without a traceback."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from typing import Any

import pytest
import uvicorn

from studio.address import Address
from studio.ending import LettingGo, let_go_quietly
from studio.listening import listen


async def _held_open(scope: Any, receive: Any, send: Any) -> None:
    """A page that asks for news for as long as it is open."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"news", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass


@pytest.fixture
def said() -> Any:
    """uvicorn's own log, put back as it was found."""
    log = logging.getLogger("uvicorn.error")
    before = list(log.filters)
    yield log
    log.filters[:] = before


@pytest.mark.usefixtures("said")
def test_an_open_page_is_cut_off_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    config = uvicorn.Config(_held_open, log_level="warning", timeout_graceful_shutdown=1)
    let_go_quietly()
    server = uvicorn.Server(config)
    with listen(Address(port=0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        with socket.create_connection(listening.getsockname(), 10) as page:
            page.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            got = b""
            while b"news" not in got:
                got += page.recv(1000)
            server.should_exit = True
            began = time.monotonic()
            thread.join(15)
    assert not thread.is_alive()
    assert time.monotonic() - began > 0.9  # it was cut off, it did not go by itself
    assert capsys.readouterr().err == ""


def test_a_true_mistake_is_still_told(said: logging.Logger) -> None:
    let_go_quietly()
    let_go_quietly()
    assert sum(isinstance(one, LettingGo) for one in said.filters) == 1
    try:
        raise ValueError("a mistake")
    except ValueError:
        record = said.makeRecord(
            said.name, logging.ERROR, "", 0, "Exception in ASGI application\n", (), sys.exc_info()
        )
    assert said.filter(record)
    assert said.filter(said.makeRecord(said.name, logging.ERROR, "", 0, "%s", ("x",), None))
