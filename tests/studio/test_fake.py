"""The workspace that the pages are tried with has the verbs of the real one."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from jobs import Workspace

VERBS = [
    name
    for name, member in inspect.getmembers(Workspace, inspect.isfunction)
    if not name.startswith("_")
]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_there_and_takes_the_same(fakes: Any, verb: str) -> None:
    real = inspect.signature(getattr(Workspace, verb)).parameters
    fake = inspect.signature(getattr(fakes.FakeWorkspace, verb)).parameters
    assert [(p.kind, p.default) for p in fake.values()] == [
        (p.kind, p.default) for p in real.values()
    ]
