"""A run says where it stands on its way."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from studio.parts.states import coarse, counted
from studio.parts.thread import thread


def states(html: str) -> list[str]:
    return re.findall(r'<li class="(\w*)">', html)


@pytest.mark.parametrize(
    ("run_state", "comparison_state", "phase", "shown"),
    [
        ("queued", "queued", "", ["queued", "queued", ""]),
        ("running", "queued", "", ["running", "queued", ""]),
        ("done", "running", "Writing completions", ["done", "running", ""]),
        ("done", "running", "Scoring the completions", ["done", "done", "running"]),
        ("done", "done", "", ["done", "done", "done"]),
        ("done", "failed", "", ["done", "failed", ""]),
        ("done", None, "", ["done", "", ""]),
        ("stopped", "failed", "", ["stopped", "", ""]),
        ("interrupted", "failed", "", ["interrupted", "", ""]),
    ],
)
def test_three_steps_with_their_states(
    workspace: Any, run_state: Any, comparison_state: Any, phase: str, shown: list[str]
) -> None:
    run = replace(workspace.run_by_id(7), state=run_state)
    job = replace(workspace.job(run.name), state=run_state)
    comparison = None
    if comparison_state:
        comparison = replace(workspace.comparisons()[0], state=comparison_state)
    comparing = replace(job, kind="compare", phase=phase, done=5, total=120)
    assert states(thread(run, job, comparison, comparing)) == shown


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        ("Training", "Training · 40 of 90 steps"),
        ("Checking on the validation examples", "40 of 90 examples"),
        ("Writing completions", "40 of 90 answers"),
        ("Reading 90 examples", "40 of 90 examples"),
    ],
)
def test_what_is_counted_has_its_name(workspace: Any, phase: str, said: str) -> None:
    job = replace(workspace.job(workspace.run_by_id(7).name), phase=phase, done=40, total=90)
    assert said in counted(job)


def test_a_download_is_counted_in_bytes(workspace: Any) -> None:
    job = workspace.job(workspace.run_by_id(7).name)
    told = replace(job, phase="Fetching a/b from the Hub", done=12_000_000, total=990_000_000)
    assert "12 MB of 990 MB" in counted(told)


def test_the_time_left_stands_still_where_it_only_trembles() -> None:
    assert {coarse(s) for s in (43, 44, 45.9, 47)} == {45}
    assert {coarse(s) for s in (296, 300, 304)} == {300}
    assert coarse(7.4) == 7
    assert coarse(0) == 0
    assert [coarse(s) for s in (0, 19.9, 59.9, 599, 3599, 40_000)] == sorted(
        coarse(s) for s in (0, 19.9, 59.9, 599, 3599, 40_000)
    )
