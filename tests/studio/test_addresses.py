"""What stands in an address, or in what a browser sends, is never trusted to make sense."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from jobs.errors import NotFound
from studio.pages.common import find_comparison, find_dataset, find_run, followed, row_id, whole

STRANGE = ("", "x", "-1", "٣", "²", "1e9", "9" * 400, "\0", "<b>", "1;DROP TABLE runs")


@pytest.mark.parametrize("key", STRANGE)
def test_a_strange_key_finds_nothing(workspace: Any, key: str) -> None:
    for find in (find_run, find_dataset, find_comparison):
        with pytest.raises(NotFound):
            find(workspace, key)


@pytest.mark.parametrize(("key", "number"), [("7", 7), ("0007", 7), ("0", 0)])
def test_a_number_is_a_row(key: str, number: int) -> None:
    assert row_id(key) == number


@pytest.mark.parametrize("key", STRANGE)
def test_what_is_no_number_is_no_row(key: str) -> None:
    assert row_id(key) is None
    assert whole(key) == 1


def test_a_run_is_found_by_its_number_and_its_name(workspace: Any) -> None:
    for run in workspace.runs():
        assert find_run(workspace, str(run.id)).name == run.name
        assert find_run(workspace, run.name).id == run.id


@pytest.mark.parametrize("told", [None, [], "x", 7, {}, {"search": None}, {"search": ["?a=1"]}])
def test_an_event_may_say_anything(told: Any) -> None:
    search, query = followed(gr.EventData(None, told))
    assert isinstance(search, str)
    assert isinstance(query, dict)
