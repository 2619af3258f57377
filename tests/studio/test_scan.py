"""An intruder's list of attempts on the server as it really runs, in a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from configs import config_of, has
from intruder import Attempt, ask, attempts, get, post

from studio.shell import PAGES

ROOT = Path(__file__).parents[2]
CANARY = "CANARY-5b1f"
LEAST = 150


@dataclass(frozen=True)
class Running:
    """A server of its own process over a home with things worth stealing."""

    port: int
    home: Path
    outside: Path
    log: Path

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    top = tmp_path_factory.mktemp("scan")
    home, outside, log = top / "home", top / "outside.csv", top / "server.log"
    outside.write_text(f"prompt,completion\n{CANARY},{CANARY}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-P", "-m", "studio.cli", "ui", "--no-browser"]
    command += ["--home", str(home), "--port", str(port)]
    with log.open("wb") as written:
        server = subprocess.Popen(
            command,
            stdout=written,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "HF_TOKEN": f"hf_{CANARY}"},
        )
    try:
        deadline = time.monotonic() + 60
        while b"Attune is at" not in log.read_bytes():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        while True:
            try:
                ask(port, get(f"127.0.0.1:{port}", "/favicon.svg"))
                break
            except ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        (home / "jobs" / "1").mkdir(parents=True)
        (home / "jobs" / "1" / "output.log").write_text(CANARY)
        (home / "login" / "password.json").write_text(f'{{"hash": "{CANARY}"}}')
        (home / "login" / "password.json").rename(home / "login" / "kept.json")
        (home / "tmp" / "half").write_text(CANARY)
        yield Running(port, home, outside, log)
        assert server.poll() is None, "the server went down"
    finally:
        server.terminate()
        server.wait(20)


def handlers(running: Running, event: str) -> dict[int, int]:
    """How many inputs the pages' handlers of an event have, from what the pages are told."""
    found = {}
    for page in PAGES:
        text = ask(running.port, get(running.host, page)).body.decode()
        for told in config_of(text)["dependencies"]:
            if has(told, event):
                found[told["id"]] = len(told["inputs"])
    return found


def listing(folder: Path) -> set[str]:
    """What lies in a folder, but for the uploads, which an intruder may add to."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if "uploads" not in path.parts and "attune.db" not in path.name
    }


def stolen(answer: bytes) -> bool:
    signs = (CANARY.encode(), b"root:x:0", b"SQLite format 3", b"HF_TOKEN", b"PYTHONPATH=")
    return any(sign in answer for sign in signs)


def wrong(attempt: Attempt, status: int, body: bytes) -> str:
    if status >= 500:
        return f"{status}"
    if stolen(body):
        return "a file from outside"
    if attempt.refused and not (400 <= status < 500 or status == 0):
        return f"{status}, not refused"
    for sign in attempt.never:
        if sign.encode() in body:
            return f"{sign} comes back as it is"
    return ""


def test_nothing_on_the_list_gets_anywhere(running: Running) -> None:
    targets = (
        "/etc/passwd",
        str(running.home / "attune.db"),
        str(running.home / "login" / "kept.json"),
        str(running.home / "jobs" / "1" / "output.log"),
        str(running.home / "tmp" / "half"),
        str(running.outside),
    )
    every = list(attempts(running.host, targets, handlers(running, "load")))
    assert len(every) >= LEAST
    assert len({a.raw for a in every}) >= LEAST
    before = listing(running.outside.parent)
    found = []
    for attempt in every:
        answer = ask(running.port, attempt.raw)
        problem = wrong(attempt, answer.status, answer.body)
        if problem:
            found.append(f"{attempt.title}: {problem}")
    assert not found, "\n".join(found)
    assert listing(running.outside.parent) == before
    assert ask(running.port, get(running.host, "/runs")).status == 200
    assert "Traceback" not in running.log.read_text(errors="replace")


def test_the_scan_would_see_a_leak(running: Running) -> None:
    """The measure itself: what it looks for is what the planted files hold."""
    assert stolen(running.outside.read_bytes())
    assert stolen((running.home / "attune.db").read_bytes()[:100])
    assert stolen(Path("/etc/passwd").read_bytes())


def test_a_path_given_for_an_upload_reads_nothing(running: Running) -> None:
    numbers = [number for number, inputs in handlers(running, "change").items() if inputs == 1]
    assert numbers
    for number in numbers:
        for path in (str(running.outside), "/etc/passwd", "http://127.0.0.1:1/x.csv"):
            value = {"path": path, "meta": {"_type": "gradio.FileData"}}
            body = json.dumps({"data": [value], "fn_index": number, "session_hash": "s"}).encode()
            answer = ask(running.port, post(running.host, "/gradio_api/run/predict", body))
            assert answer.status == 400
            assert not stolen(answer.body)


def test_another_uploads_folder_shows_only_what_was_uploaded(running: Running) -> None:
    kind = "multipart/form-data; boundary=cut"
    upload = (
        b'--cut\r\nContent-Disposition: form-data; name="files"; filename="page.html"\r\n'
        b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--cut--\r\n"
    )
    made = ask(running.port, post(running.host, "/gradio_api/upload", upload, kind))
    assert made.status == 200
    (path,) = json.loads(made.body.split(b"\r\n\r\n", 1)[1])
    assert Path(path).is_relative_to(running.home / "tmp" / "uploads")
    answer = ask(running.port, get(running.host, f"/gradio_api/file={path}"))
    assert answer.status == 200
    head = answer.body.split(b"\r\n\r\n", 1)[0].lower()
    assert b"content-disposition: attachment" in head, "it is saved, never shown as a page of ours"
    assert b"nosniff" in head
