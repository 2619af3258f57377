"""A home, light kinds of work that children find, and patience for busy machines."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs.home import Home
from jobs.queue import places
from jobs.queue.runner import Patience, Runner
from jobs.store import Store
from jobs.store.filelock import held

ROOT = Path(__file__).parents[3]
WORKS = Path(__file__).parent / "works"


@pytest.fixture(autouse=True)
def light_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runner and child inherit the environment; `-P` keeps the working directory out."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{WORKS}")
    monkeypatch.setenv("ATTUNE_WORK_MODULES", "light_works")
    monkeypatch.syspath_prepend(str(WORKS))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").make()


@pytest.fixture
def wait_for() -> Callable[..., object]:
    """Call a function until it answers something; the answer."""

    def wait(question: Callable[[], object], what: str = "", seconds: float = 120.0) -> object:
        deadline = time.monotonic() + seconds
        while not (answer := question()):
            assert time.monotonic() < deadline, f"not in {seconds} s: {what}"
            time.sleep(0.02)
        return answer

    return wait


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every request that any Answerer of a job in this process gets, as (variant, index)."""
    from jobs.evaluation.generate import Answerer  # torch, which most tests here do without
    from jobs.queue import answering

    found: list[tuple[str, int]] = []

    class Recording(Answerer):
        def answer(self, requests: Any, *rest: Any) -> bool:
            found.extend((r.variant, r.index) for r in requests)
            return super().answer(requests, *rest)

    monkeypatch.setattr(answering, "Answerer", Recording)
    return found


@pytest.fixture
def store(home: Home):
    store = Store.open(home)
    yield store
    for device in store.jobs.busy_devices():
        _end_processes(store, device)
    store.close()


def _end_processes(store: Store, device: str) -> None:
    """A test that failed leaves nothing running: stop the queue, then what it says is running."""
    for job in store.jobs.list(states=("queued", "running"), device=device):
        store.jobs.request_stop(job.id)
        child = store.jobs.child(job.id)
        if child is not None and held(places.job_lock(store.home, job.id)):
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


@pytest.fixture
def runner(store: Store, home: Home) -> Runner:
    """A runner in this process that is quick to lose its patience; its children are real."""
    return Runner(store, home, "cpu", patience=Patience(look=0.02, terminate=0.3, kill=0.6))


@pytest.fixture
def begin(runner: Runner, store: Store, wait_for) -> Callable[[], int]:
    """One round of the runner that starts a child; waits until it works, and gives its pid."""

    def start() -> int:
        assert runner.round()
        job = store.jobs.list(states=("running",))[0]

        def pid() -> int | None:
            now = store.jobs.get(job.id)
            return now.pid if now.phase not in ("", "Starting") else None

        return wait_for(pid, "the child works")

    return start


@pytest.fixture
def states(store: Store) -> Callable[[], list[str]]:
    """The states of all jobs, in the order of their submission."""
    return lambda: [job.state for job in sorted(store.jobs.list(), key=lambda job: job.id)]


@pytest.fixture
def rounds(runner: Runner) -> Callable[..., None]:
    """Rounds of the runner until something holds."""

    def turn(until: Callable[[], bool], seconds: float = 120.0) -> None:
        deadline = time.monotonic() + seconds
        while not until():
            assert runner.round()
            assert time.monotonic() < deadline

    return turn
