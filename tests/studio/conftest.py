"""A workspace of believable rows for the pages; no database, no model, no training."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from configs import config_of
from fastapi.testclient import TestClient

from jobs.home import Home
from studio.server import create_app

HERE = "http://127.0.0.1:7860"


@pytest.fixture
def make_workspace(fakes: Any, tmp_path: Path) -> Callable[..., Any]:
    def make(**more: Any) -> Any:
        return fakes.FakeWorkspace(Home(tmp_path / "home").make(), **more)

    return make


@pytest.fixture
def workspace(make_workspace: Callable[..., Any]) -> Any:
    return make_workspace()


@pytest.fixture
def caller() -> Callable[..., Any]:
    """`caller(workspace, "/runs")` gives what calls that page's handlers as a browser does.

    `call("load", "?run=7")`: what it and the handlers after it answer, by the id of the element
    that is changed, `clock` for the page's timer.
    """

    apps: dict[int, Any] = {}

    def make(workspace: Any, page: str) -> Callable[..., dict[str, Any]]:
        app = apps.get(id(workspace)) or create_app(workspace)
        apps[id(workspace)] = app  # each call is a page of its own of the same studio
        client, session = TestClient(app, base_url=HERE), secrets.token_hex(6)
        config = config_of(client.get(page).text)
        names = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        clocks = {p["id"]: "clock" for p in config["components"] if p["type"] == "timer"}
        ids = {**names, **clocks}

        def send(
            event: str,
            query: str = "",
            told: Any = None,
            on: str | None = None,
            data: list[Any] | None = None,
        ) -> dict[str, Any]:
            handler = next(
                d
                for d in config["dependencies"]
                if any(kind == event and on in ("", names.get(at)) for at, kind in d["targets"])
            )
            given = dict(zip(handler["inputs"], data or [], strict=bool(data)))
            return ask(handler, given, query, told)

        def ask(
            handler: dict[str, Any], given: dict[int, Any], query: str, told: Any = None
        ) -> dict[str, Any]:
            body = {
                "data": [given.get(at) for at in handler["inputs"]],
                "fn_index": handler["id"],
                "session_hash": session,
                "event_data": told,
            }
            answer = client.post("/gradio_api/run/predict" + query, json=body)
            assert answer.status_code == 200, answer.text
            values = zip(handler["outputs"], answer.json()["data"], strict=True)
            shown = {str(ids[at]): value for at, value in values if ids.get(at)}
            for then in config["dependencies"]:
                if then["trigger_after"] == handler["id"] and then["backend_fn"]:
                    shown |= ask(then, given, query)
            return shown

        return send

    return make
