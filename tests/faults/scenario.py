"""One scenario from its seed: a fault, a phase, a world; and what every world begins with."""

from __future__ import annotations

import csv
import dataclasses
import importlib
import importlib.metadata
import os
import pkgutil
import random
import shutil
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import faults.kinds
from faults import truth
from faults.stage import PHASES
from faults.world import ROOT, Broken, Template, World
from jobs.home import Home
from jobs.queue.machine import FACT
from jobs.store import Store
from jobs.types import DeviceInfo
from jobs.workspace import Workspace

DEVICE = DeviceInfo("cpu", "the suite's", 8 * 2**30, 8 * 2**30, False, None, {"float32": 1e11})
OPTIONS = {"epochs": 3, "batch_size": 4, "learning_rate": 0.01, "rank": 4, "dropout": 0.1}


class Fault(Protocol):
    """One way in which things break; `FAULT` in a file of `kinds/`."""

    name: str
    phases: tuple[str, ...]  # in which it can strike; ("any",) where that says nothing
    weight: int  # how often it is drawn

    def missing(self) -> str | None:
        """Why it cannot be tried here; None if it can."""

    def prepare(self, world: World) -> None:
        """Called before the home is there."""

    def play(self, world: World) -> None:
        """Break it and look; raises `Broken`."""


def all_faults() -> dict[str, Fault]:
    """Every file of `kinds/`, by the fault's name."""
    names = [m.name for m in pkgutil.iter_modules(faults.kinds.__path__)]
    found = [importlib.import_module(f"faults.kinds.{name}").FAULT for name in sorted(names)]
    return {fault.name: fault for fault in found}


@dataclass(frozen=True)
class Scenario:
    """What a seed stands for."""

    seed: int
    light: bool
    fault: str
    phase: str

    @property
    def name(self) -> str:
        return f"{'light' if self.light else 'real'}-{self.fault}-{self.phase}-{self.seed}"


@dataclass(frozen=True)
class Outcome:
    scenario: Scenario
    seconds: float
    problem: str = ""
    skipped: str = ""
    missed: bool = False
    notes: Mapping[str, float] = field(default_factory=dict)


def draw(seed: int, light: bool, only: tuple[str, ...] = ()) -> Scenario:
    """The scenario of a seed; the same one for ever, as long as no fault is added."""
    drawn = random.Random(f"{seed} {light}")
    known = {n: f for n, f in all_faults().items() if not only or n in only}
    fault = known[drawn.choices([*known], [f.weight for f in known.values()])[0]]
    return Scenario(seed, light, fault.name, drawn.choice(fault.phases))


def each(seed: int, light: bool, only: tuple[str, ...] = ()) -> list[Scenario]:
    """Every fault once, in a phase that the seed chooses."""
    drawn = random.Random(seed)
    return [
        Scenario(seed, light, name, drawn.choice(fault.phases))
        for name, fault in all_faults().items()
        if not only or name in only
    ]


def play(scenario: Scenario, folder: Path, templates: dict[bool, Template]) -> Outcome:
    """Do it in a folder of its own, which is gone afterwards."""
    fault = all_faults()[scenario.fault]
    began = time.monotonic()
    missing = fault.missing()
    if missing:
        return Outcome(scenario, 0.0, skipped=missing)
    world = World(folder / scenario.name, templates[scenario.light], scenario.seed, scenario.phase)
    problem = ""
    try:
        fault.prepare(world)
        world.open()
        fault.play(world)
    except Broken as broken:
        problem = f"{broken}"
    except Exception:  # noqa: BLE001 - the edge: the suite goes on and tells it
        problem = traceback.format_exc()
    try:
        world.close()
    except Exception:  # noqa: BLE001 - as above: what is left over is this scenario's problem
        problem = problem or traceback.format_exc()
    took = time.monotonic() - began
    return Outcome(scenario, took, problem, missed=world.missed, notes=world.notes)


# --- what every world begins with ---------------------------------------------------------------


def environment() -> dict[str, str]:
    """What runners, children and servers of the suite inherit."""
    return {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        "ATTUNE_WORK_MODULES": "faults.works",
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }


def make_templates(folder: Path, kinds: tuple[bool, ...]) -> dict[bool, Template]:
    """What the worlds of these kinds begin with, the curves of undisturbed runs among it."""
    begun = make_home(folder)
    return {light: with_curve(begun, light) for light in kinds}


def make_home(folder: Path) -> Template:
    """A home with a dataset, and a model's folder."""
    home, model = folder / "template", folder / "model"
    # Torch is imported in another process: the suite itself stays light.
    code = f"from tiny_models import write_model; import pathlib as p; \
write_model(p.Path({str(model)!r}), 'llama')"
    words = [sys.executable, "-P", "-c", code]
    support = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests/support'}"}
    import subprocess

    subprocess.run(words, check=True, capture_output=True, env={**os.environ, **support})
    store = Store.open(Home(home).make())
    libraries = ("torch", "transformers", "peft", "bitsandbytes")
    versions = {library: importlib.metadata.version(library) for library in libraries}
    store.facts.set(FACT, {"versions": versions, "devices": [dataclasses.asdict(DEVICE)]})
    rows = folder / "things.csv"
    with rows.open("w", newline="") as file:
        csv.writer(file).writerows(
            [("prompt", "completion")] + [(f"Thing {n}.", f"It is {n % 7}.") for n in range(60)]
        )
    Workspace(Home(home), store).add_dataset(rows, "things", test_share=0.1)
    store.close()
    return Template(home, model, True, OPTIONS)


def with_curve(begun: Template, light: bool) -> Template:
    """With the curve and weights of a run through the very same processes that nothing befalls."""
    template = replace(begun, light=light)
    folder = begun.home.parent / f"reference-{'light' if light else 'real'}"
    world = World(folder, template, 0, PHASES[0])
    try:
        world.open()
        world.stage.set(work="light" if template.light else "real")
        world.submit()
        world.settle()
        world.expect("done")
        truth.check(world)
        return replace(template, curve=truth.curve(world), weights=truth.digest(world))
    finally:
        world.close()
        shutil.rmtree(folder, ignore_errors=True)
