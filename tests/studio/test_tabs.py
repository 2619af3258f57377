"""What the server remembers of open pages is bounded, and a tab that it forgot goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from configs import config_of, has
from fastapi.testclient import TestClient
from gradio.routes import App

from jobs.home import Home
from studio import tabs
from studio.server import create_app

HERE = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def app(fakes: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = Home(tmp_path_factory.mktemp("home")).make()
    return create_app(fakes.FakeWorkspace(home, train_seconds=6000))


@pytest.fixture
def holder(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tabs.Tabs]:
    """What the app remembers, with room for five."""
    (mounted,) = (r.app for r in app.routes if isinstance(getattr(r, "app", None), App))
    monkeypatch.setattr(mounted.state_holder, "capacity", 5)
    yield mounted.state_holder
    mounted.state_holder.session_data.clear()


@pytest.fixture
def look(app: Any) -> Callable[..., Any]:
    """look("a", "?run=7") opens the Runs page in a tab of this name."""
    client = TestClient(app, base_url=HERE)
    config = config_of(client.get("/runs").text)
    names = {part["id"]: part["props"].get("elem_id") for part in config["components"]}

    def send(tab: str, query: str = "", event: str = "load") -> dict[str, Any]:
        handler = next(d for d in config["dependencies"] if has(d, event))
        body = {
            "data": [None] * len(handler["inputs"]),
            "fn_index": handler["id"],
            "session_hash": tab,
        }
        answer = client.post("/gradio_api/run/predict" + query, json=body)
        assert answer.status_code == 200, answer.text
        values = zip(handler["outputs"], answer.json()["data"], strict=True)
        return {str(names[at]): value for at, value in values if names.get(at)}

    return send


def test_many_views_are_remembered_as_a_few(holder: tabs.Tabs, look: Callable[..., Any]) -> None:
    for number in range(12):
        look(f"tab {number}")
    assert [*holder.session_data] == [f"tab {number}" for number in range(7, 12)]
    assert not any(tab.config_values for tab in holder.session_data.values())


def test_a_closed_tab_goes_before_one_that_is_open(
    holder: tabs.Tabs, look: Callable[..., Any]
) -> None:
    for number in range(5):
        look(f"tab {number}")
    for number in (2, 3):
        holder.session_data[f"tab {number}"].is_closed = True
    look("tab 3")  # it is back
    look("new")
    look("newer")
    assert [*holder.session_data] == ["tab 1", "tab 4", "tab 3", "new", "newer"]


def test_the_server_s_own_tabs_are_these(app: Any) -> None:
    (mounted,) = (r.app for r in app.routes if isinstance(getattr(r, "app", None), App))
    assert mounted.state_holder is mounted.get_blocks().state_holder
    assert mounted.state_holder.capacity == tabs.MOST


def test_a_tab_that_was_forgotten_goes_on_where_its_address_says(
    holder: tabs.Tabs, look: Callable[..., Any]
) -> None:
    look("run", "?run=7")
    for number in range(5):
        look(f"tab {number}")
    assert "run" not in holder.session_data
    shown = look("run", "?run=7", "tick")
    assert "<h1>" in shown["run"]
    assert "value" not in shown["history"], "the list is not drawn under the run"


def test_a_form_that_was_forgotten_goes_on(caller: Callable[..., Any], workspace: Any) -> None:
    """What it offers was sent when it opened; of that nobody knows any more."""
    change = caller(workspace, "/train")
    data = workspace.datasets()[0].name
    answer = change("input", on="data", data=[data, "starter", "lora", "standard"])
    assert "Steps" in answer["outlook"]
    assert answer["notice"] == ""
    wrong = change("input", on="data", data=["gone meanwhile", "starter", "lora", "quick"])
    assert "There is no dataset “gone meanwhile”." in wrong["notice"]
    for odd in (7, {"a": 1}, ["base", 7], [["base"]]):
        with pytest.raises(AssertionError, match="Load it again"):
            change("input", on="data", data=[odd, "starter", "lora", "quick"])


def test_a_forgotten_page_keeps_to_what_it_offers_from_the_start(
    caller: Callable[..., Any], workspace: Any
) -> None:
    begin = caller(workspace, "/compare")
    data, variants = workspace.datasets()[0].name, ["base", "house-style-lora-1"]
    assert begin("click", data=[data, variants, "test", "", "auto"])["mover"]
    with pytest.raises(AssertionError, match="not in the list"):
        begin("click", data=[data, variants, "all of it", "", "auto"])
