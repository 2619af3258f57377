"""A studio in a process of its own over a real home, and visits to it as a browser makes them."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from configs import config_of, has

from jobs.home import Home
from jobs.store import Store
from jobs.workspace import Workspace
from studio.shell import PAGES

ROOT = Path(__file__).parents[2]
SESSION = "session of this view"


def timed(port: int, parts: list[tuple[str, str, str | None]], session: str | None = None) -> float:
    """Seconds that these requests took, one after another over one line; each has to succeed.

    Method, path and body; without a `session` they are those of a tab that was just opened.
    """
    began, session = time.monotonic(), session or secrets.token_hex(6)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for method, path, body in parts:
        asked = body and body.replace(SESSION, session)
        line.request(method, path, asked, {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
    line.close()
    return time.monotonic() - began


def calls(port: int) -> dict[str, str]:
    """The bodies that a browser would send: what fills each page, and what polls Runs."""
    bodies = {}
    for page, event_name, key in (*((p, "load", p) for p in PAGES), ("/runs", "tick", "tick")):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("GET", page)
        text = line.getresponse().read().decode()
        handler = next(d for d in config_of(text)["dependencies"] if has(d, event_name))
        told = {"data": [None] * len(handler["inputs"]), "fn_index": handler["id"]}
        # A view of a page is a session of its own: the server remembers something of each.
        bodies[key] = json.dumps({**told, "session_hash": SESSION})
    return bodies


@contextmanager
def serving(home: Path) -> Iterator[int]:
    """The studio as it really runs, on a free port; nothing of the queue is started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = (
        "import sys; from pathlib import Path; from jobs.home import Home; from jobs.store import "
        "Store; from jobs.workspace import Workspace; from jobs.queue.executors.inline import "
        "InlineExecutor; from studio.address import Address; from studio.server import serve; "
        "home = Home(Path(sys.argv[1])); store = Store.open(home); "
        "serve(Workspace(home, store, InlineExecutor(store, home)), "
        "Address(port=int(sys.argv[2])), open_browser=False)"
    )
    command = [sys.executable, "-P", "-c", code, str(home), str(port)]
    server = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        for _ in range(600):
            try:
                timed(port, [("GET", "/favicon.svg", None)])
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def owner(port: int) -> int:
    return next(
        c.pid
        for c in psutil.net_connections("tcp")
        if c.laddr and c.laddr.port == port and c.status == psutil.CONN_LISTEN and c.pid
    )


@contextmanager
def training(home: Path) -> Iterator[None]:
    """A run of this very home that trains on every core meanwhile; it is deleted afterwards.

    The queue stays paused, so that what else waits in it does not train on behind the figures.
    """
    os.environ["OMP_NUM_THREADS"] = str(os.cpu_count() or 1)
    store = Store.open(Home(home))
    workspace = Workspace(Home(home), store)
    workspace.pause_queue()
    run = workspace.train("load", "lora", name="at-work", options={"epochs": 500})
    workspace.move_job(workspace.job(run.name).id, "first")
    workspace.continue_queue()
    try:
        _until(lambda: workspace.run(run.name).step > 3, "it trains")
        workspace.pause_queue()  # nothing begins behind it
        began = workspace.run(run.name).step
        yield
        took = workspace.run(run.name).step - began
        print(f"meanwhile the run took {took} steps and is {workspace.run(run.name).state}")
    finally:
        workspace.pause_queue()
        workspace.stop(run.name)
        _until(lambda: workspace.run(run.name).state == "stopped", "it has stopped")
        workspace.delete(run.name)
        store.close()


def _until(question: Callable[[], object], what: str, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.2)
