"""What a page sends cannot name files that were not uploaded, nor addresses to fetch."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from configs import config_of
from fastapi.testclient import TestClient

from jobs.home import Home
from studio.payload import Payload
from studio.server import create_app
from studio.uploads import DAY, Uploads

HERE = "http://127.0.0.1:7860"
META = {"_type": "gradio.FileData"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home")).make()


@pytest.fixture(scope="module")
def client(fakes: Any, home: Home) -> Iterator[TestClient]:
    with TestClient(create_app(fakes.FakeWorkspace(home)), base_url=HERE) as client:
        yield client


@pytest.fixture(scope="module")
def uploaded_handler(client: TestClient) -> int:
    """The number of the data page's handler that takes one file."""
    config = config_of(client.get("/data").text)
    kinds = {part["id"]: part["type"] for part in config["components"]}
    return next(
        d["id"] for d in config["dependencies"] if [kinds[i] for i in d["inputs"]] == ["file"]
    )


@pytest.fixture
def call(client: TestClient, uploaded_handler: int) -> Callable[[Any], Any]:
    def send(value: Any) -> Any:
        body = {"data": [value], "fn_index": uploaded_handler, "session_hash": "abc"}
        return client.post("/gradio_api/run/predict", json=body)

    return send


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text("prompt,completion\nwhere is it,SECRET-CANARY\n")
    return path


def test_an_upload_is_read(client: TestClient, call: Any) -> None:
    files = {"files": ("mine.csv", b"prompt,completion\nhello,MINE\n")}
    (path,) = client.post("/gradio_api/upload", files=files).json()
    answer = call({"path": path, "meta": META, "orig_name": "mine.csv", "size": 30})
    assert answer.status_code == 200
    assert "mine" in answer.text


def test_a_file_of_this_machine_is_not_read(call: Any, secret: Path, home: Home) -> None:
    before = set(home.temporary.rglob("*"))
    for value in (
        {"path": str(secret), "meta": META},
        {"path": str(secret)},
        {"path": str(secret), "meta": META, "url": "/gradio_api/file=x", "is_stream": True},
        {"path": [str(secret)], "meta": META},
        {"path": str(home.database), "meta": META},
        {"path": f"{home.uploads}/../../attune.db", "meta": META},
        {"path": f"{home.uploads}/\0", "meta": META},
        {"path": str(home.uploads), "meta": META},
        {"path": "", "meta": META},
        {"path": None, "meta": META},
        {"meta": META},
        [{"path": str(secret), "meta": META}],
        {"deep": [{"down": {"path": str(secret), "meta": META}}]},
        {"path": "file://" + str(secret), "meta": META},
        {"path": "x" * 5000, "meta": META},
    ):
        answer = call(value)
        assert answer.status_code == 400, value
        assert "CANARY" not in answer.text
    assert set(home.temporary.rglob("*")) == before, "nothing was copied"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x.csv", "https://example.org/x.csv", "HTTP://[::1]/x", "//x/y"]
)
def test_nothing_is_fetched(call: Any, url: str) -> None:
    assert call({"path": url, "meta": META}).status_code == 400


def test_a_link_in_the_uploads_leads_nowhere(call: Any, secret: Path, home: Home) -> None:
    link = home.uploads / "link.csv"
    link.symlink_to(secret)
    assert call({"path": str(link), "meta": META}).status_code == 400
    link.unlink()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"data": []}',
        b'{"fn_index": 1}',
        b'{"data": [], "fn_index": 99999}',
        b'{"data": [], "fn_index": -1}',
        b'{"data": [], "fn_index": "0"}',
        b'{"data": [], "fn_index": true}',
        b'{"data": {}, "fn_index": 0}',
        b'{"data": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "fn_index": 0}',
        b'{"data": [], "fn_index": 0, "session_hash": []}',
        b'{"data": ' + b"[" * 3000 + b"]" * 3000 + b', "fn_index": 0}',
        b'{"data": ' + b"[" * 200_000,
        b"\xff\xfe\x00",
    ],
)
def test_what_no_page_sends_is_refused(client: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/gradio_api/run/predict", content=body, headers=headers)
    assert answer.status_code == 400


def test_gradio_looks_for_itself_too(
    client: TestClient, secret: Path, uploaded_handler: int
) -> None:
    """The second lock: without the first one Gradio still refuses what was not uploaded."""
    app = client.app
    layer: Any = app.middleware_stack  # type: ignore[attr-defined]
    while not isinstance(layer, Payload):
        layer = layer.app if hasattr(layer, "app") else layer._app
    body = {
        "data": [{"path": str(secret), "meta": META}],
        "fn_index": uploaded_handler,
        "session_hash": "abc",
    }
    answer = TestClient(layer.app, base_url=HERE).post("/gradio_api/run/predict", json=body)
    assert answer.status_code == 500
    assert "CANARY" not in answer.text


def test_what_was_imported_goes_with_its_folder(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    path = uploads.folder / "0123abc" / "rows.csv"
    path.parent.mkdir(parents=True)
    path.write_text("a,b\n")
    outside = tmp_path / "mine.csv"
    outside.write_text("a,b\n")
    uploads.discard(str(path), None, str(outside), str(uploads.folder / "never"))
    assert not path.parent.exists()
    assert outside.exists()


def test_what_nobody_imported_goes_after_a_day(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    for name, age in (("old", DAY + 60), ("new", 60)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "rows.csv").write_text("a,b\n")
        os.utime(folder, (time.time() - age,) * 2)
    left_over = tmp_path / "tmpx"  # Gradio makes one at each reading of an upload
    left_over.touch()
    os.utime(left_over, (time.time() - 120,) * 2)
    uploads.sweep()
    assert [p.name for p in tmp_path.iterdir()] == ["new"]
