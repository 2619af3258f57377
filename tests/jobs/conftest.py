"""A workspace on small data whose jobs wait, or are done in this very process."""

from __future__ import annotations

import csv
import dataclasses
import importlib.metadata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.home import Home
from jobs.queue.executors.inline import InlineExecutor
from jobs.queue.machine import FACT
from jobs.store import Store
from jobs.types import DeviceInfo, RunInfo
from jobs.workspace import Workspace

COLOURS = ("red", "green", "blue", "grey")
THINGS = ("door", "lamp", "chair", "clock", "rug", "mug")
DEVICE = DeviceInfo(
    name="cpu",
    title="two cores of the tests",
    memory=16 * 2**30,
    free=8 * 2**30,
    bfloat16=False,
    four_bit=None,
    flops={"float32": 2e11},
)
# One step on a two-layer model: what is learnt is other tests' business.
SHORT = {"epochs": 0.01, "batch_size": 4, "learning_rate": 0.01}


class NobodyWorks:
    """An executor that lets everything wait."""

    def __init__(self) -> None:
        self.woken: list[str] = []

    def wake(self, device: str) -> None:
        self.woken.append(device)


@dataclasses.dataclass
class Bench:
    """A workspace, the store beneath it, and short ways to put things into it."""

    workspace: Workspace
    store: Store
    file: Path

    def data(self, name: str = "things", **more: Any) -> Any:
        """The small dataset: 48 rows, an answer of a few words."""
        return self.workspace.add_dataset(self.file, name, **{"test_share": 0.2} | more)

    def train(self, model: Path | str, method: str = "lora", **more: Any) -> RunInfo:
        """A run of one step, queued (and done by then, where the executor works)."""
        options = {**SHORT, **more.pop("options", {})}
        data = more.pop("data", "things")
        return self.workspace.train(data, method, model=str(model), options=options, **more)

    def work(self) -> None:
        """Do what is queued, in this process."""
        InlineExecutor(self.store, self.workspace.home).wake("cpu")

    def end(self, run: RunInfo, state: Any = "done") -> None:
        """Let a queued run's job end without working."""
        job = self.store.jobs.claim("cpu")
        assert job is not None
        assert job.run_id == run.id
        self.store.jobs.finish(job.id, state)


def write_rows(path: Path, rows: int = 48) -> Path:
    """A CSV of prompts that are all different and answers of four words."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("question", "answer"))
        for number in range(rows):
            colour, thing = COLOURS[number % 4], THINGS[number % 6]
            out.writerow((f"The {colour} {thing} {number}.", f"One {thing}, {colour}, {number}."))
    return path


@pytest.fixture
def device() -> DeviceInfo:
    return DEVICE


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """make_bench() -> a bench in a home of its own, on a machine that was probed already."""
    opened: list[Store] = []

    def make(name: str = "home", device: DeviceInfo = DEVICE, works: bool = False) -> Bench:
        home = Home(tmp_path / name).make()
        store = Store.open(home)
        opened.append(store)
        libraries = ("torch", "transformers", "peft", "bitsandbytes")
        versions = {library: importlib.metadata.version(library) for library in libraries}
        store.facts.set(FACT, {"versions": versions, "devices": [dataclasses.asdict(device)]})
        executor = InlineExecutor(store, home) if works else NobodyWorks()
        rows = write_rows(tmp_path / f"{name}.csv")
        return Bench(Workspace(home, store, executor), store, rows)

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """Everything that is queued waits; `bench.work()` does it."""
    return make_bench()
