"""A store on a temporary home, a clock that stands still, and ways to fill it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.home import Home
from jobs.store import Store
from jobs.types import Columns, DatasetInfo, RunInfo


class Clock:
    """Time that goes on only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def store(home: Home, clock: Clock):
    store = Store.open(home, clock)
    yield store
    store.close()


@pytest.fixture
def dataset(store: Store) -> DatasetInfo:
    return store.datasets.add(
        "letters", "letters.csv", Columns("ask", ("answer",)), "{prompt}", {"train": 3}, "f00"
    )


@pytest.fixture
def make_run(store: Store, dataset: DatasetInfo) -> Callable[[str], RunInfo]:
    def make(name: str) -> RunInfo:
        return store.runs.add(
            name,
            dataset.id,
            "starter",
            "lora",
            "quick",
            {"rank": 8},
            0,
            "{prompt}",
            "cpu",
            {"steps": 40},
        )

    return make


@pytest.fixture
def together() -> Callable[[Callable[[int], None], int], list[int]]:
    """Run a function in several forked processes at once; their exit statuses."""

    def run(function: Callable[[int], None], count: int) -> list[int]:
        context = multiprocessing.get_context("fork")
        barrier = context.Barrier(count)

        def body(number: int) -> None:
            barrier.wait()
            function(number)

        processes = [context.Process(target=body, args=(n,)) for n in range(count)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        return [process.exitcode for process in processes]

    return run
