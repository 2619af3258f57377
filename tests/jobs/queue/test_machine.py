"""What was found out about this machine is remembered for as long as it says all that is asked."""

from __future__ import annotations

import dataclasses

import pytest

from jobs.queue.machine import FACT, Machine
from jobs.types import DeviceInfo


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> DeviceInfo:
    """What every probe finds."""
    found = DeviceInfo("cpu", "two cores", 2**34, 2**33, False, None, {"float32": 1e11}, 1e10)
    monkeypatch.setattr("jobs.queue.machine.probe_in_child", lambda: [found])
    return found


def test_what_an_older_version_measured_is_measured_anew(store, probed):
    machine = Machine(store)
    assert machine.probe() == probed
    assert machine.known() == probed
    fact = store.facts.get(FACT)
    del fact["devices"][0]["traffic"]
    store.facts.set(FACT, fact)
    assert machine.known() is None
    assert machine.probe() == probed
    assert dataclasses.asdict(probed) == store.facts.get(FACT)["devices"][0]
