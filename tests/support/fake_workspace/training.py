"""The verbs before a run, and its start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from fake_workspace.opened import Moving, Opened
from fake_workspace.texts import PROMPTS, REFERENCES
from jobs.errors import AlreadyExists, InputError
from jobs.types import (
    RunInfo,
)
from jobs.workspace.answers import MaskedExample, MaskedToken


class TrainingVerbs(Opened):
    def trained_before(
        self,
        data: str,
        method: str,
        model: str = "starter",
        effort: str = "quick",
        options: Mapping[str, Any] | None = None,
    ) -> RunInfo | None:
        changed = {**self.defaults(data, method, model, effort), **(options or {})}
        if effort != "quick" or changed != self.defaults(data, method, model):
            return None
        done = (r for r in self.runs() if r.state == "done")
        return next((r for r in done if (r.dataset, r.method) == (data, method)), None)

    def defaults(
        self, data: str, method: str, model: str = "starter", effort: str = "quick"
    ) -> dict[str, Any]:
        epochs = {"quick": 3.0, "standard": 6.0, "thorough": 12.0}[effort]
        choice = next(m for m in self.methods() if m.name == method)
        values = {o.name: o.default for o in choice.options}
        values |= {"epochs": epochs, "max_length": 1024}
        return values | ({"learning_rate": 0.3} if method == "prompt-tuning" else {})

    def forecast(
        self,
        data: str,
        method: str,
        model: str = "starter",
        effort: str = "quick",
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        options = {**self.defaults(data, method, model, effort), **(options or {})}
        if float(options["batch_size"]) < 1:
            raise InputError(
                "“Batch size” (batch_size) is 0, which is out of bounds.", "Give at least 1."
            )
        steps = math.ceil(480 / float(options["batch_size"])) * float(options["epochs"])
        batch, nearest, too_large = int(float(options["batch_size"])), None, ()
        if batch > 256:
            change = {"batch_size": 256, "gradient_accumulation": math.ceil(batch / 256)}
            nearest = SimpleNamespace(method=method, options=change, sentence="Batches of 256.")
            too_large = ("This needs about 30 GB of memory, and 11.0 GB are free.",)
        problems = ("With 12 steps it will hardly learn anything; choose more epochs.",)
        return SimpleNamespace(
            steps=int(steps),
            seconds=steps * 0.4,
            peak_memory=int(1.3e9),
            memory_available=11 << 30,
            disk=12_000_000,
            trainable_parameters=311_296,
            total_parameters=6_911_296,
            problems=(problems if steps < 30 else ()) + too_large,
            nearest=nearest,
        )

    def mask(
        self,
        data: str,
        method: str = "lora",
        model: str = "starter",
        effort: str = "quick",
        options: Any = None,
        limit: int = 3,
        longest: int = 0,
    ) -> list[Any]:
        rows = []
        for i in range(limit + longest):
            words = [MaskedToken(w + " ", "read") for w in PROMPTS[i].split()]
            told = [MaskedToken(w + " ", "learnt") for w in REFERENCES[i].split()]
            cut = [MaskedToken(w + " ", "cut") for w in PROMPTS[5].split()]
            cut.append(MaskedToken("", "cut", 1234))
            words += [*(cut if i >= limit else []), *told, MaskedToken("<|end|>", "learnt")]
            lost = len(cut) + 1233 if i >= limit else 0
            rows.append(MaskedExample(i + 1, tuple(words), 300 + lost, lost))
        return rows

    def train(
        self,
        data: str,
        method: str,
        *,
        model: str = "starter",
        name: str | None = None,
        effort: str = "quick",
        options: Any = None,
        seed: int = 0,
        compare: bool = False,
    ) -> RunInfo:
        self.dataset(data)
        number = 100 + len(self.moving)
        name = name or f"{data}-{method}-{len(self.moving) + 1}"
        if any(r.name == name for r in self.runs()):
            raise AlreadyExists(f"There is a run “{name}” already.", "Choose another name.")
        run = self._run(
            number,
            name,
            "queued",
            method=method,
            dataset=data,
            effort=effort,
            options={**self.defaults(data, method, model, effort), **(options or {})},
        )
        self.moving.append(Moving(run, self.clock(), self.train_seconds))
        return run

    def again(self, name: str) -> RunInfo:
        run = self.run(name)
        return self.train(run.dataset, run.method, compare=True)
