"""The server's own door, asked by strangers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from jobs.errors import InputError
from studio.address import Address, check_address
from studio.guard import hostname
from studio.passwords import Passwords
from studio.server import create_app
from studio.shell import PAGES

HERE = "http://127.0.0.1:7860"
API = ("/gradio_api/upload", "/gradio_api/run/predict", "/login", "/logout")


@pytest.fixture(scope="module")
def client(fakes: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    from jobs.home import Home

    workspace = fakes.FakeWorkspace(Home(tmp_path_factory.mktemp("home")).make())
    with TestClient(create_app(workspace, upload_limit=200_000), base_url=HERE) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_and_name_no_other_server(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "<title>" in answer.text
    for stranger in ("gradio.app", "githubusercontent", "googleapis", "cdn"):
        assert stranger not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/favicon.ico",
        "/favicon.svg",
        "/manifest.json",
        "/theme/studio.css",
        "/theme/studio.js",
        "/theme.css",
    ],
)
def test_its_own_files(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil",
        "",
        "evil@127.0.0.1",
        "[::1",
        "0.0.0.0",
        "10.0.0.7:7860",
    ],
)
@pytest.mark.parametrize("path", ["/", "/data", "/gradio_api/heartbeat/x", "/theme/studio.css"])
def test_a_foreign_host_is_refused(client: TestClient, host: str, path: str) -> None:
    assert client.get(path, headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:9000", "[::1]:7860", "LOCALHOST"])
def test_its_own_names_are_known_at_any_port(client: TestClient, host: str) -> None:
    assert client.get("/theme/studio.css", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:9999",
        "http://localhost:7860",
        "https://evil.example:7860",
        "",
    ],
)
@pytest.mark.parametrize("path", API)
def test_a_foreign_origin_is_refused(client: TestClient, origin: str, path: str) -> None:
    answer = client.post(path, headers={"origin": origin}, files={"files": ("a.csv", b"a,b\n")})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_uploads_from_its_own_pages_are_kept_under_the_home(client: TestClient) -> None:
    files = {"files": ("../../../etc/evil.csv", b"a,b\n1,2\n")}
    answer = client.post("/gradio_api/upload", headers={"origin": HERE}, files=files)
    assert answer.status_code == 200
    (path,) = answer.json()
    assert "/home" in path
    assert "/tmp/" in path
    assert ".." not in path


def test_other_pages_of_this_machine_cannot_ask(client: TestClient) -> None:
    for site in ("cross-site", "same-site"):
        headers = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
        assert client.get("/gradio_api/upload_progress", headers=headers).status_code == 403
        assert client.get("/download/4", headers=headers).status_code == 403


def test_gradio_does_not_take_our_words_for_its_own(client: TestClient) -> None:
    assert client.get("/compare?comparison=3&page=2&deep_link=x").status_code == 200


def test_a_link_from_elsewhere_opens_a_page(client: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/runs?run=7", headers=headers).status_code == 200
    assert client.post("/runs", headers=headers).status_code == 403


def test_uploads_are_limited_when_announced_and_when_not(client: TestClient) -> None:
    def stream() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * 1000

    big = {"files": ("big.csv", b"x" * 300_000)}
    assert client.post("/gradio_api/upload", files=big).status_code == 413
    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.post("/gradio_api/upload", content=stream(), headers=kind)
    assert answer.status_code == 413
    headers = {"content-length": "abc"}
    assert client.post("/gradio_api/upload", headers=headers).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/proxy=http://127.0.0.1:1/x",
        "/gradio_api/file=http://127.0.0.1:1/x",
        "/gradio_api/file=http%3A%2F%2F127.0.0.1:1/x",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/runs",
        "/gradio_api/vibe-code",
        "/config",
        "/monitoring",
        "/docs",
        "/openapi.json",
        "/gradio_api/queue/join",
        "/gradio_api/queue/data",
        "/static/../../../etc/passwd",
        "/theme/..%2f..%2fstudio.js",
    ],
)
def test_what_pages_do_not_need_is_not_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (400, 403, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../etc/passwd",
        "/gradio_api/file=%2e%2e/%2e%2e/etc/passwd",
        "/gradio_api/file=..%5c..%5cattune.db",
        "/download/../attune.db",
        "/download/%2e%2e%2fattune.db",
        "/download/4/../../attune.db",
        "/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_no_path_leads_out(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 403, 404, 422)
    assert "root:" not in answer.text


def test_the_database_cannot_be_fetched(client: TestClient, fakes: Any) -> None:
    import os

    home = Path(os.environ["GRADIO_TEMP_DIR"]).parents[1]
    (home / "attune.db").write_text("secret")
    assert client.get(f"/gradio_api/file={home / 'attune.db'}").status_code in (403, 404)


def test_an_adapter_is_downloaded_by_its_number(client: TestClient) -> None:
    answer = client.get("/download/4")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    assert "house-style-lora-1.zip" in answer.headers["content-disposition"]
    assert client.get("/download/999").status_code == 404


def test_websockets_are_closed() -> None:
    from studio.guard import Guard

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def inner(*_: Any) -> None:
        raise AssertionError

    guard = Guard(inner, frozenset())
    asyncio.run(guard({"type": "websocket", "path": "/"}, None, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_host_names() -> None:
    assert hostname("[::1]:7860") == "::1"
    assert hostname("[::1") == ""
    assert hostname("a@127.0.0.1") == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.org"])
def test_other_addresses_need_a_password(host: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="password"):
        check_address(Address(host), Passwords(tmp_path))
    Passwords(tmp_path).set("a long enough one")
    check_address(Address(host), Passwords(tmp_path))


def test_nothing_heavy_is_imported(make_workspace: Callable[..., Any]) -> None:
    import subprocess
    import sys

    code = (
        "import sys, studio.server; assert 'gradio' not in sys.modules; import studio.app;"
        "heavy = {'torch', 'transformers', 'peft', 'bitsandbytes', 'datasets'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(root), "PATH": "", "HOME": str(root)},
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr
