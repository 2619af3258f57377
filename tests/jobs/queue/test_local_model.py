"""A base that has to be fetched first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.models.source import resolve
from jobs.queue import local_model
from jobs.queue.work import Stopped


class Told:
    """What a reporter is told; `stop` is the count of calls after which a stop is asked for."""

    def __init__(self, stop: int | None = None) -> None:
        self.told: list[tuple[int, int, float | None]] = []
        self.stop = stop

    def phase(self, sentence: str, total: int = 0) -> None:
        pass

    def progress(self, done: int, total: int, seconds_left: float | None = None) -> None:
        self.told.append((done, total, seconds_left))

    def stop_requested(self) -> bool:
        return self.stop is not None and len(self.told) >= self.stop


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A model of 1,000 bytes, 400 of which an earlier fetch has brought; what is done is written
    into the list."""
    seen: list[str] = []
    here = resolve("starter")
    away = replace(here, path=None, title="Far away", bytes=1000)

    def fetch(spec: str, progress: Any) -> Path | None:
        for done in (400, 410, 700, 1000):
            progress(done, 1000)
        seen.append("fetched")
        return here.path

    monkeypatch.setattr(local_model, "resolve", lambda _: here if seen else away)
    monkeypatch.setattr(local_model, "fetch", fetch)
    return seen


def test_fetching_tells_the_time_left_by_what_it_brought_itself(hub: list[str]) -> None:
    told = Told()
    assert local_model.ensure_local("far/away", told).path is not None  # type: ignore[arg-type]
    assert [done for done, _, _ in told.told] == [400, 410, 700, 1000]
    first, second, half, end = (left for _, _, left in told.told)
    assert first is None
    assert second is None  # a sixtieth is too little to go by
    assert half is not None
    assert half > 0
    assert end == 0


def test_a_stop_ends_a_fetch(hub: list[str]) -> None:
    told = Told(stop=2)
    with pytest.raises(Stopped):
        local_model.ensure_local("far/away", told)  # type: ignore[arg-type]
    assert len(told.told) == 2
    assert not hub
