"""The verbs of runs: looking at them, taking them along, deleting them."""

from __future__ import annotations

import math
import random
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from fake_workspace.opened import Moving, Opened
from fake_workspace.texts import LONG, NASTY
from jobs.errors import NotFound, Unavailable
from jobs.methods.soft_prompt import Near, SoftPrompt, VirtualToken
from jobs.types import (
    JobInfo,
    RunInfo,
)
from jobs.workspace.disk import Removal


def fake_soft_prompt(count: int = 20) -> SoftPrompt:
    """Vectors that went far, among words in many scripts."""
    rng, words = random.Random(5), ("Read", "the", "总结", "لخّص", NASTY, "best", "␣")
    tokens = []
    for n in range(count):
        near = [Near(words[(n + k) % 7], round(0.42 - 0.04 * k - 0.01 * n, 2)) for k in range(5)]
        ends = [(rng.gauss(0, 3), rng.gauss(0, 1.5)), (rng.gauss(0, 0.4), rng.gauss(0, 0.4))]
        tokens.append(VirtualToken(words[n % 7], tuple(near), 3.1, 0.3, 3.4, *ends))
    return SoftPrompt(tuple(tokens), 0.43, 0.31, 4092)


class RunVerbs(Opened):
    def _run(self, number: int, name: str, state: Any, **more: Any) -> RunInfo:
        done = state == "done"
        known = {info.name: info.id for info in self.datasets()}
        base: dict[str, Any] = {
            "created": self.clock() - 3600 * (8 - min(number, 7)),
            "dataset_id": known.get(more.get("dataset", "house-style-sample"), 2),
            "dataset": "house-style-sample",
            "model": "starter",
            "method": "lora",
            "effort": "quick",
            "options": {"epochs": 3.0, "learning_rate": 2e-3, "rank": 16},
            "seed": 0,
            "template": "{prompt}",
            "device": "cpu",
            "folder": self.home.run(number),
            "step": 90 if done else 0,
            "steps": 90,
            "forecast": {"seconds": 34, "peak_memory": 1_300_000_000},
            "result": {
                "steps": 90,
                "step": 90,
                "seconds": 31.4,
                "trainable_parameters": 311_296,
                "total_parameters": 6_911_296,
                "peak_memory": 1_180_000_000,
                "best_step": 72,
                "validation_loss": 0.412,
            }
            if done
            else {},
        }
        return RunInfo(id=number, name=name, state=state, **{**base, **more})

    def _still(self) -> list[RunInfo]:
        if self.empty:
            return []
        memory = {
            "kind": "memory",
            "what": "The machine ran out of memory at step 14.",
            "cure": "Try again with half the batch size and twice the accumulation.",
            "detail": "Traceback (most recent call last):\n  RuntimeError: can’t allocate",
        }
        gone = {
            "kind": "interrupted",
            "what": "The process ended before its work did.",
            "cure": "Resume it; it goes on from step 40.",
            "detail": "",
        }
        return [
            self._run(7, "house-style-lora-2", "running", step=38),
            self._run(6, LONG, "queued", method="prompt-tuning"),
            self._run(5, "recall-prompt-tuning-1", "done", method="prompt-tuning"),
            self._run(4, "house-style-lora-1", "done"),
            self._run(3, "too-big-1", "failed", error=memory, step=14),
            self._run(2, "night-run <i>x</i>", "interrupted", error=gone, step=40),
            self._run(1, "half-way", "stopped", step=45),
        ]

    def _moved(self, moving: Moving) -> RunInfo:
        share = (self.clock() - moving.started) / moving.train
        if moving.run.name in self.stopped:
            return replace(moving.run, state="stopped", step=int(min(share, 0.99) * 90))
        if share >= 1:
            return self._run(
                moving.run.id,
                moving.run.name,
                "done",
                method=moving.run.method,
                dataset=moving.run.dataset,
                created=moving.run.created,
            )
        state = "queued" if share < 0.1 else "running"
        return replace(moving.run, state=state, step=int(max(share, 0) * 90), steps=90)

    def runs(
        self, limit: int | None = None, offset: int = 0, *, ended: bool = False
    ) -> list[RunInfo]:
        rows = [self._moved(m) for m in reversed(self.moving)] + self._still()
        rows = [replace(r, state="stopped") if r.name in self.stopped else r for r in rows]
        rows = [r for r in rows if r.name not in self.gone]
        rows = [r for r in rows if not ended or r.state not in ("queued", "running")]
        return rows[offset : None if limit is None else offset + limit]

    def find_runs(self, words: str = "", limit: int = 50) -> list[RunInfo]:
        done = [r for r in self.runs() if r.state == "done" and self._has(r, words)]
        return done[:limit]

    def count_runs(self, *, ended: bool = False) -> int:
        return len(self.runs(ended=ended))

    def run_by_id(self, run_id: int) -> RunInfo:
        for run in self.runs():
            if run.id == run_id:
                return run
        raise NotFound(f"There is no run {run_id}.", "Look at the list of runs.")

    def run(self, name: str) -> RunInfo:
        for run in self.runs():
            if run.name == name:
                return run
        raise NotFound(f"There is no run “{name}”.", "Look at the list of runs.")

    def job(self, run_name: str) -> JobInfo:
        run = self.run(run_name)
        left = (90 - run.step) * 0.35 if run.state == "running" else None
        return self._job(
            1000 + run.id,
            "train",
            run.state,
            run_id=run.id,
            phase="Training",
            done=run.step,
            total=90,
            seconds_left=left,
            error=run.error,
        )

    @staticmethod
    def _has(run: RunInfo, words: str) -> bool:
        return all(word in run.name for word in words.split())

    def metrics(self, name: str) -> list[dict[str, Any]]:
        run = self.run(name)
        rng, rows = random.Random(run.id), []
        for step in range(1, run.step + 1):
            loss = 0.3 + 2.4 * math.exp(-step / 18) + rng.uniform(-0.06, 0.06)
            row = {"step": step, "loss": loss, "learning_rate": 2e-3, "seconds": step * 0.35}
            if step % 9 == 0:
                row["validation_loss"] = (
                    0.42 + 2.2 * math.exp(-step / 20) + max(0, step - 72) * 0.004
                )
            rows.append(row)
        return rows

    def log(self, name: str) -> str:
        return "\n".join(f"step {i}  loss {2.4 / i:.3f}" for i in range(1, 40)) + f"\n{NASTY}\n"

    def warnings(self, name: str) -> list[str]:
        return ["7 examples did not fit and were shortened."] if name.startswith("house") else []

    def soft_prompt(self, name: str) -> SoftPrompt | None:
        run = self.run(name)
        if run.method != "prompt-tuning":
            return None
        if run.state != "done":
            raise Unavailable("Its soft prompt is not trained yet.", "Wait for its end.")
        return fake_soft_prompt()

    def checkpoints(self, name: str) -> list[Any]:
        return []

    def stop(self, name: str) -> None:
        self.run(name)
        self.stopped.add(name)

    def resume(self, name: str) -> RunInfo:
        self.stopped.discard(name)
        run = self.run(name)
        self.moving.append(Moving(replace(run, state="queued"), self.clock()))
        return run

    def delete(self, name: str) -> None:
        self.removal(name)
        self.gone.add(name)

    def taken(self, run: RunInfo) -> int:
        return 4_300_000 + 700_000 * run.id

    def removal(self, name: str) -> Removal:
        run = self.run(name)
        if run.state in ("queued", "running"):
            raise Unavailable(f"The run “{name}” is {run.state}.", "Stop it first.")
        named = tuple(c for c in self.comparisons() if name in c.variants)
        return Removal(self.taken(run), 2, named)

    def export(self, name: str, to: Any) -> Path:
        return Path(to)

    def loading_code(self, name: str) -> str:
        return f"from peft import PeftModel  # {self.run(name).name}"

    def export_zip(self, name: str) -> Path:
        self.home.exports.mkdir(parents=True, exist_ok=True)
        path = self.home.exports / f"{self.run(name).id}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("README.md", f"# {name}")
        return path
