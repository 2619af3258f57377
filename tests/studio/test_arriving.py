"""An upload is let in where there is room for it; of one that breaks off nothing is left."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from jobs.home import Home
from studio import arriving
from studio.arriving import boundary
from studio.server import create_app
from studio.uploads import HOUR, SPARE, Uploads

HERE = "127.0.0.1:7860"
Usage = namedtuple("Usage", "total used free")
HEAD = (
    b'--cut\r\nContent-Disposition: form-data; name="files"; filename="rows.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\n"
)
TAIL = b"\r\n--cut--\r\n"
LIMIT = 200_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home")).make()


@pytest.fixture(scope="module")
def app(fakes: Any, home: Home) -> Any:
    app = create_app(fakes.FakeWorkspace(home), upload_limit=LIMIT)
    with TestClient(app):  # what Gradio does at its start
        yield app


@pytest.fixture
def left(home: Home) -> Callable[[], list[Path]]:
    """The files below the uploads, of which there were none before."""
    shutil.rmtree(home.uploads)
    home.uploads.mkdir()
    return lambda: [path for path in home.uploads.rglob("*") if path.is_file()]


def send(app: Any, parts: list[bytes | None], length: int | None = None) -> tuple[int, str]:
    """Post a form in parts, at None the browser goes away; status and words of the answer."""
    headers = [(b"host", HERE.encode()), (b"content-type", b"multipart/form-data; boundary=cut")]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    scope = {
        **{"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http"},
        **{"path": arriving.UPLOAD, "raw_path": arriving.UPLOAD.encode(), "query_string": b""},
        **{"headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 7860)},
        **{"root_path": "", "asgi": {"version": "3.0"}},
    }
    waiting, status, said = list(parts), [0], bytearray()

    async def receive() -> dict[str, Any]:
        part = waiting.pop(0) if waiting else None
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def answer(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert not status[0], "two answers"
            status[0] = message["status"]
        said.extend(message.get("body", b""))

    asyncio.run(app(scope, receive, answer))
    return status[0], said.decode()


def test_a_whole_one_is_kept(app: Any, left: Callable[[], list[Path]]) -> None:
    status, said = send(app, [HEAD, b"a,b\n" * 1000, TAIL])
    assert status == 200, said
    (kept,) = left()
    assert kept.name == "rows.csv"
    assert kept.stat().st_size == 4000


@pytest.mark.parametrize(
    "came",
    [
        [],
        [b"--c"],
        [HEAD[:30]],
        [HEAD],
        [HEAD, b"x" * 50_000],
        [HEAD, b"x" * 50_000, b"\r\n--c"],
        [HEAD, b"x" * 50_000, b"\r\n--cut\r\nContent-Dis"],
        [HEAD, b"x" * 5000 + b"\r\n", HEAD, b"y" * 5000],
    ],
)
def test_of_one_that_breaks_off_nothing_is_left(
    app: Any, left: Callable[[], list[Path]], came: list[bytes]
) -> None:
    status, _ = send(app, [*came, None])
    assert status != 200
    assert left() == []


def test_of_one_that_is_too_large_nothing_is_left(app: Any, left: Callable[[], list[Path]]) -> None:
    status, _ = send(app, [HEAD, *[b"x" * 50_000] * 6, TAIL])
    assert status == 413
    assert left() == []


def test_one_that_does_not_fit_is_refused_before_a_byte_of_it(
    app: Any, left: Callable[[], list[Path]], monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> Usage:
        asked.append(path)
        return Usage(10**12, 0, SPARE + 90_000)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    status, said = send(app, [HEAD, b"x" * 100_000, TAIL], length=100_000)
    assert status == 507
    assert "67 MB is free" in said
    assert "attune data add" in said
    assert asked == [home.uploads], "the volume that it would be written to"
    assert left() == []
    assert send(app, [HEAD, b"x" * 80_000, TAIL], length=80_200)[0] == 200


def test_room_that_is_taken_meanwhile_ends_it(
    app: Any, left: Callable[[], list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter([10**12, 10**12])
    monkeypatch.setattr(arriving, "EACH", 50_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, next(free, SPARE - 1)))
    status, said = send(app, [HEAD, *[b"x" * 40_000] * 4, TAIL])
    assert status == 507
    assert "Free some room" in said
    assert left() == []


def test_what_a_killed_server_had_begun_goes_and_what_arrives_stays(tmp_path: Path) -> None:
    for name, age in (("tmpdead", HOUR + 60), ("tmplive", HOUR - 60)):
        (tmp_path / name).write_bytes(b"x" * 1000)
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    Uploads(tmp_path).sweep()
    assert [p.name for p in tmp_path.iterdir()] == ["tmplive"]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("multipart/form-data; boundary=cut", b"cut"),
        ('multipart/form-data; charset=utf-8; Boundary="a b"', b"a b"),
        ("multipart/form-data", b""),
        ("", b""),
    ],
)
def test_what_stands_between_the_parts(kind: str, found: bytes) -> None:
    assert boundary(kind) == found
