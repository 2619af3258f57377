"""The train page's form as a run's clone fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from configs import config_of
from fastapi.testclient import TestClient

from studio.pages.options import all_options, changed, shown
from studio.server import create_app


def test_a_clone_takes_the_version_of_the_data_that_its_run_had(
    caller: Callable[..., Any], workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = workspace.run_by_id(4)
    names = [info.name for info in workspace.datasets()]
    field = caller(workspace, "/train")("load", f"?clone={run.id}")["data"]
    assert field["value"] == run.dataset
    assert [value for _, value in field["choices"]] == names

    older = replace(workspace.dataset(run.dataset), version=2, current=False)
    known = workspace.dataset
    monkeypatch.setattr(workspace, "dataset_by_id", lambda number: older)
    monkeypatch.setattr(workspace, "dataset", lambda name: older if "@" in name else known(name))
    field = caller(workspace, "/train")("load", f"?clone={run.id}")["data"]
    assert field["value"] == older.spec == f"{run.dataset}@2"
    assert field["choices"][0] == [f"{older.spec}, as this run used it", older.spec]
    assert [value for _, value in field["choices"][1:]] == names


def test_what_was_changed_under_advanced_is_sent(
    caller: Callable[..., Any], workspace: Any
) -> None:
    """The defaults that it is held against are asked for anew: no tab has to remember them."""
    data = workspace.datasets()[0].name
    values = workspace.defaults(data, "lora", "starter", "quick")
    infos = all_options(workspace.methods())
    fields = [shown(info, values.get(info.name)) for info in infos]
    fields[[info.name for info in infos].index("rank")] = "5"
    told = [data, "starter", "lora", "quick", "3", "after the nap", False, *fields]
    call = caller(workspace, "/train")
    call("load")
    answer = call("click", data=told)
    run = workspace.run("after the nap")
    assert answer["mover"] == f"/runs?run={run.id}"
    assert run.options["rank"] == "5"


def test_a_field_that_was_never_filled_stands_for_its_default(workspace: Any) -> None:
    """The panel may be asked for before the new method's defaults have come to the page."""
    infos = all_options(workspace.methods())
    values = workspace.defaults(workspace.datasets()[0].name, "prompt-tuning", "starter", "quick")
    assert values
    assert changed(infos, [None] * len(infos), values) == {}


@pytest.mark.parametrize("empty", ["everything", "the model", "the data"])
def test_no_handler_fails_on_empty_fields(workspace: Any, empty: str) -> None:
    """The page of a studio without data fires them with nothing in its fields."""
    client = TestClient(create_app(workspace), base_url="http://127.0.0.1:7860")
    config = config_of(client.get("/train").text)
    labels = {part["id"]: part["props"].get("label") for part in config["components"]}
    ids = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
    given = {"Dataset": workspace.datasets()[0].name, "Base model": "starter"}
    given |= {"method": "lora", "effort": "quick"}
    given = {} if empty == "everything" else given
    given.pop({"the model": "Base model", "the data": "Dataset"}.get(empty, ""), None)
    handlers = [one for one in config["dependencies"] if one["backend_fn"]]
    assert len(handlers) > 10
    for handler in handlers:
        fields = [given.get(labels[at] or ids[at] or "") for at in handler["inputs"]]
        body = {"data": fields, "fn_index": handler["id"], "session_hash": "one"}
        answer = client.post("/gradio_api/run/predict", json=body)
        assert answer.status_code == 200, answer.text
        assert "mistake of its own" not in answer.text
