"""Every page tells when a job has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from studio.news import news
from studio.server import create_app


def test_what_ended_since_is_told_once(workspace: Any) -> None:
    first = news(workspace, "")
    assert first["moving"]
    assert first["ended"] == []
    asked = ",".join(map(str, first["moving"]))
    for number in first["moving"]:
        workspace.stop_job(number)
    then = news(workspace, asked)
    assert then["moving"] == []
    assert sorted(note["id"] for note in then["ended"]) == first["moving"]
    for note in then["ended"]:
        assert note["state"] == "stopped"
        assert note["pages"][0].startswith(("/runs?run=", "/compare?comparison="))
    assert news(workspace, "")["ended"] == []


@pytest.mark.parametrize("asked", ["", ",,,", "x", "-1", "999999", "9" * 40, "1;2", "7," * 400])
def test_a_browser_may_ask_for_anything(workspace: Any, asked: str) -> None:
    told = news(workspace, asked)
    assert set(told) == {"moving", "ended"}
    assert len(told["ended"]) <= 1


def test_it_is_asked_of_the_server(make_workspace: Callable[..., Any]) -> None:
    client = TestClient(create_app(make_workspace()), base_url="http://127.0.0.1:7860")
    assert client.get("/news?jobs=1,2").json()["moving"]
    foreign = {"origin": "http://evil.example"}
    assert client.get("/news", headers=foreign).status_code == 403
    assert client.get("/news", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_a_comparison_whose_run_was_stopped_is_told_as_not_made(
    workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = next(job for job in workspace.queue() if job.comparison_id is not None)
    error = {"kind": "stopped", "what": "This was not made.", "cure": "Resume.", "detail": ""}
    ended = replace(job, state="stopped", error=error)
    monkeypatch.setattr(workspace, "queue", lambda: [])
    monkeypatch.setattr(workspace, "job_by_id", lambda number: ended)
    (note,) = news(workspace, str(job.id))["ended"]
    assert note["state"] == "stopped"
    assert note["text"].endswith("was not made, because its run was stopped.")
