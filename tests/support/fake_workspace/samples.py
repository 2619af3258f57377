"""The verbs of the samples that come along."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from fake_workspace.opened import Opened
from jobs.types import DatasetInfo, RunInfo


class SampleVerbs(Opened):
    def samples(self) -> list[Any]:
        return [
            SimpleNamespace(
                name="house-style-sample",
                title="A house style",
                prompt="ticket",
                completion="summary",
                path=self.home.root / "house.csv",
                what="Support tickets, summed up the way one team writes them.",
                rows=660,
            )
        ]

    def try_sample(self) -> RunInfo:
        for m in self.moving:
            if m.run.name.startswith("sample") and self._moved(m).state in ("queued", "running"):
                return self._moved(m)
        if self.empty and not self.added:
            self.added.append(self._dataset(1, "house-style-sample"))
        return self.train("house-style-sample", "lora", name=f"sample-{len(self.moving) + 1}")

    def sample_forecast(self) -> Any:
        return self.forecast("house-style-sample", "lora")

    def add_sample(self, name: str) -> DatasetInfo:
        if all(dataset.name != name for dataset in self.datasets()):
            self.added.append(self._dataset(50 + len(self.added), name))
        return self.dataset(name)
