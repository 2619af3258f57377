"""The verbs of datasets: looking at them, deleting them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from fake_workspace.opened import Opened
from fake_workspace.texts import LONG, PROMPTS, REFERENCES
from jobs.data.templates import TEMPLATES, PromptTemplate
from jobs.errors import InputError, NotFound
from jobs.types import (
    Columns,
    DatasetInfo,
    Example,
    Finding,
    JobInfo,
)
from jobs.workspace.disk import DatasetRemoval


class DataVerbs(Opened):
    def _findings(self) -> tuple[Finding, ...]:
        return (
            Finding(
                "unseen_characters",
                "warning",
                7,
                "7 rows hold characters that cannot be seen.",
                (12, 40, 41, 77, 90, 102, 512),
                "Nobody sees them, but the model reads them and may learn to write them.",
                "Take these characters out",
            ),
            Finding(
                "duplicates",
                "note",
                3,
                "3 of the rows that are learnt from repeat an earlier prompt and completion.",
                (5, 6, 9),
                "What stands there twice is learnt twice.",
                "Keep each once",
            ),
        )

    def _dataset(self, number: int, name: str) -> DatasetInfo:
        return DatasetInfo(
            number,
            name,
            self.clock() - 86400 * number,
            "tickets.csv",
            Columns("ticket", ("summary",)),
            "{prompt}",
            {"train": 480, "validation": 60, "test": 120},
            "f" * 64,
            self._findings(),
            210_000,
            intake={"read": 672, "empty_prompt": 2, "empty_completion": 1, "folded": 9},
        )

    def datasets(self) -> list[DatasetInfo]:
        if self.empty:
            return list(self.added)
        rows = [
            self._dataset(1, "recall-sample"),
            self._dataset(2, "house-style-sample"),
            self._dataset(3, LONG),
            self._dataset(4, "Übung <b>mit</b> 表"),
        ]
        kept = [d for d in [*self.added[::-1], *rows] if d.name not in self.gone]
        return [
            next(v for v in self.chain[d.name] if v.version == self.heads[d.name])
            if d.name in self.chain
            else d
            for d in kept
        ]

    def dataset(self, name: str) -> DatasetInfo:
        for info in self.datasets():
            if info.name == name:
                return info
        stem, _, number = name.rpartition("@")
        for version in self.versions(stem) if stem and number.isdecimal() else ():
            if version.version == int(number):
                return version
        raise NotFound(f"There is no dataset “{name}”.", "Look at the list of datasets.")

    def examples(
        self, name: str, split: str = "train", offset: int = 0, limit: int = 20
    ) -> list[Example]:
        total = 480 if split == "train" else 120
        span = range(offset, min(offset + limit, total))
        n = len(PROMPTS)
        return [
            Example(PROMPTS[i % n], (REFERENCES[i % n],) * (1 + (i % 3 == 2)), i + 1) for i in span
        ]

    def lengths(self, name: str, model: str = "starter") -> Any:
        rng = random.Random(1)
        tokens = {
            s: tuple(int(min(1400, max(9, rng.lognormvariate(5, 0.6)))) for _ in range(n))
            for s, n in (("train", 480), ("validation", 60), ("test", 120))
        }
        return SimpleNamespace(
            tokens=tokens,
            limit=1024,
            model_limit=2048,
            over=sum(n > 1024 for part in tokens.values() for n in part),
            counted=None,
            findings=(
                Finding(
                    "too_long",
                    "warning",
                    3,
                    "2 training rows and 1 validation row are longer than the 1,024 tokens that a "
                    "run reads unless you set more: 812 tokens would be cut out of the middle of "
                    "the prompts and 1 training row would be left out, for want of room for a "
                    "prompt. The model can read 2,048.",
                    (12, 40, 41),
                    "The model answers to what it has not read.",
                ),
            ),
        )

    def dataset_by_id(self, dataset_id: int) -> DatasetInfo:
        for info in self.datasets():
            for version in self.versions(info.name):
                if version.id == dataset_id:
                    return version
        raise NotFound(f"There is no dataset {dataset_id}.", "It may have been deleted.")

    def place_of(self, name: str, row: int, split: str | None = None) -> tuple[Any, int]:
        if not 1 <= row <= 480:
            raise NotFound(f"There is no row {row} in this data.", "It may have been left out.")
        return "train" if split is None else split, row - 1

    def study_of(self, name: str) -> JobInfo | None:
        info = self.dataset(name)
        if info.studied or info.id not in self.studying:
            return None
        return self._job(
            4000 + info.id, "study", "running", phase="Looking for near duplicates", done=3, total=9
        )

    def templates(self) -> list[PromptTemplate]:
        return list(TEMPLATES)

    def reading(
        self, data: str, model: str = "starter", template: str | None = None, limit: int = 2
    ) -> Any:
        shape = self.dataset(data).template if template is None else template
        texts = [shape.replace("{prompt}", prompt) for prompt in PROMPTS[:limit]]
        return SimpleNamespace(texts=tuple(texts), template=shape, chat=False)

    def reading_of(
        self, prompts: Sequence[str], model: str = "starter", template: str = "{prompt}"
    ) -> Any:
        if "{prompt}" not in template:
            raise InputError("The template holds no {prompt}.", "Write {prompt} somewhere.")
        self.model(model)
        texts = tuple(template.replace("{prompt}", prompt) for prompt in prompts)
        if model != "starter":
            texts = tuple(f"<|user|>{text}<|end|><|assistant|>" for text in texts)
        return SimpleNamespace(texts=texts, template=template, chat=model != "starter")

    def dataset_removal(self, name: str) -> DatasetRemoval:
        found = self.dataset(name)
        on = [c for c in self.comparisons() if c.data == found.name]
        return DatasetRemoval(12_400_000, 2, sum(found.counts.values()), len(on))

    def delete_dataset(self, name: str) -> None:
        self.gone.add(name)
        self.added = [d for d in self.added if d.name != name]
