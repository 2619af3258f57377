"""Where questions are answered: the base models that are loaded, and who answers over them.

(This module imports torch.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.data import Renderer, fitting, read_examples
from jobs.data.shots import gap
from jobs.errors import AttuneError
from jobs.evaluation.generate import Answerer, Request, free_memory
from jobs.evaluation.loading import Weights, weights_of
from jobs.evaluation.sampling import LONGEST_ANSWER
from jobs.home import Home
from jobs.models.source import end_ids
from jobs.models.tokenizer import load_tokenizer
from jobs.queue.local_model import ensure_local
from jobs.queue.machine import Machine
from jobs.queue.reporter import StoreReporter
from jobs.queue.variants import variant_for
from jobs.queue.work import Ending
from jobs.store import Store
from jobs.types import Ask, Completion, Example, GenerationSettings, ModelInfo, Precision, Variant

BYTES: Mapping[Precision, int] = {"float32": 4, "bfloat16": 2, "float16": 2, "4bit": 1}
SPARE = 1.5  # of the weights' own memory, for all that a model needs beside them


class Room:
    """Bases stay loaded from one question to the next, as far as the memory goes."""

    def __init__(self, store: Store, home: Home, device: str) -> None:
        self._store, self._home = store, home
        self._device = Machine(store).named(device)
        self._loaded: dict[str, LoadedModel] = {}  # by model, the one used last at the end

    def answer(self, asked: Ask, reporter: StoreReporter) -> Ending:
        """Let every variant answer, those of one base and precision at once, the others in turn.

        Answers are kept as they are written. A variant that cannot answer says why; where none
        can, the first of their errors is raised.
        """
        self._store.asks.clear(asked.id)
        refused: dict[str, AttuneError] = {}
        for model, weights, variants in self._turns(asked, refused):
            try:
                loaded = self._model(model, weights, reporter)
                if not loaded.answer(asked, variants, reporter, refused):
                    return "stopped"
            except AttuneError as error:
                for variant in variants:
                    refused[variant.name] = error
                    self._store.asks.put(asked.id, variant.name, as_row(error))
        if len(refused) == len(asked.variants):
            raise next(iter(refused.values()))
        return "done"

    def close(self) -> None:
        """Let go of everything."""
        for loaded in self._loaded.values():
            loaded.answerer.close()
        self._loaded.clear()

    def _turns(
        self, asked: Ask, refused: dict[str, AttuneError]
    ) -> list[tuple[str, Weights, list[Variant]]]:
        """What can be answered in one go; what is loaded already comes first."""
        found: dict[tuple[str, Weights], list[Variant]] = {}
        for name in asked.variants:
            try:
                variant = variant_for(
                    self._store, name, self._device.precision, lambda: self._training(asked)
                )
            except AttuneError as error:
                refused[name] = error
                self._store.asks.put(asked.id, name, as_row(error))
                continue
            model = asked.settings.get("models", {}).get(name, asked.model)
            found.setdefault((model, weights_of(variant)), []).append(variant)
        order = sorted(found, key=lambda key: not self._holds(*key))
        return [(model, weights, found[model, weights]) for model, weights in order]

    def _holds(self, model: str, weights: Weights) -> bool:
        return model in self._loaded and self._loaded[model].answerer.holds(weights)

    def _training(self, asked: Ask) -> tuple[str, Sequence[Example]]:
        dataset = self._store.datasets.by_id(asked.settings["dataset_id"])
        return dataset.fingerprint, TrainingRows(self._home, dataset.id, dataset.counts["train"])

    def _model(self, model: str, weights: Weights, reporter: StoreReporter) -> LoadedModel:
        info = ensure_local(model, reporter)
        known = self._loaded.pop(model, None)
        if known is None or known.info != info:
            if known is not None:
                known.answerer.close()
            known = LoadedModel(self._store, info, self._device.name, self._device.precision)
        if not known.answerer.holds(weights):
            precision, _ = weights
            self._make_room(info, precision)
            reporter.phase(f"Loading {info.title}{' in 4 bits' * (precision == '4bit')}")
        self._loaded[model] = known
        return known

    def _make_room(self, info: ModelInfo, precision: Precision) -> None:
        """Let go of other bases, the one unused for longest first, until this one fits."""
        need = info.parameters * BYTES[precision] * SPARE
        while self._loaded and free_memory(self._device.name) < need:
            self._loaded.pop(next(iter(self._loaded))).answerer.close()


class LoadedModel:
    """One base model with the variants that have answered over it."""

    def __init__(self, store: Store, info: ModelInfo, device: str, precision: Precision) -> None:
        self.info = info
        self._store, self._precision = store, precision
        self._tokenizer: Any = load_tokenizer(info)
        self._renderers: dict[str, Renderer] = {}
        self.answerer = Answerer(info, self._tokenizer, device, keep=True)

    def answer(
        self,
        asked: Ask,
        variants: Sequence[Variant],
        reporter: StoreReporter,
        refused: dict[str, AttuneError],
    ) -> bool:
        """Let variants of one precision answer at once; False where a stop came first.

        One that cannot be loaded is told, and put among those that were `refused`.
        """
        ready: list[Variant] = []
        virtual = 0
        for variant in variants:
            try:
                self.answerer.add(variant)
                virtual = max(virtual, self.answerer.ready(variant.name, self._precision))
                ready.append(variant)
            except AttuneError as error:
                refused[variant.name] = error
                self._store.asks.put(asked.id, variant.name, as_row(error))
        if reporter.stop_requested():
            return False
        if not ready:
            return True
        reporter.phase("Writing answers", total=len(ready))
        return self._write(asked, ready, virtual, reporter)

    def _write(
        self, asked: Ask, variants: Sequence[Variant], virtual: int, reporter: StoreReporter
    ) -> bool:
        settings = self._settings(asked, variants, virtual)
        notes: dict[str, str] = {}
        requests = [self._request(asked, variant, settings, notes) for variant in variants]
        self.answerer.shortened.difference_update((v.name, 0) for v in variants)
        count = 0

        def on_done(name: str, _index: int, completion: Completion) -> None:
            nonlocal count
            count += 1
            self._store.asks.put(asked.id, name, completion, self._note(name, notes))
            reporter.progress(count, len(requests))

        def on_words(so_far: Mapping[tuple[str, int], Completion]) -> None:
            self._store.asks.put_written(asked.id, {name: c for (name, _), c in so_far.items()})

        renderer = self._renderer(asked, variants[0].name)
        return self.answerer.answer(
            requests,
            settings,
            renderer.end_ids,
            renderer.pad_id,
            on_done,
            reporter.stop_requested,
            on_words,
        )

    def _settings(
        self, asked: Ask, variants: Sequence[Variant], virtual: int
    ) -> GenerationSettings:
        """As was asked for; an answer takes no more than half of the model's room from a prompt
        that needs it."""
        told = asked.settings
        length = int(told.get("length", LONGEST_ANSWER))
        if self.info.kind == "causal":
            longest = max(
                len(self._renderer(asked, v.name).prompt_ids(asked.prompt)) for v in variants
            )
            free = self.info.max_length - virtual - longest
            length = min(length, max(1, self.info.max_length // 2 - virtual, free))
        return GenerationSettings(
            length,
            self._precision,
            asked.template,
            temperature=float(told.get("temperature", 0.0)),
            top_p=float(told.get("top_p", 1.0)),
            seed=int(told.get("seed", 0)),
        )

    def _request(
        self, asked: Ask, variant: Variant, settings: GenerationSettings, notes: dict[str, str]
    ) -> Request:
        """Its index is 0 in every question: what is drawn hangs by the seed and by nothing else."""
        renderer, shots = self._renderer(asked, variant.name), variant.shots
        if not shots:
            return Request(variant.name, 0, tuple(renderer.prompt_ids(asked.prompt)))
        causal = self.info.kind == "causal"
        room = self.info.max_length - (settings.max_new_tokens if causal else 0)
        ids, count = fitting(renderer, asked.prompt, shots, room)
        if count < len(shots):
            notes[variant.name] = f"There was room for {count} of its {len(shots)} examples."
        until = gap(shots) if causal and not renderer.chat else ""
        return Request(variant.name, 0, tuple(ids), until=until)

    def _note(self, name: str, notes: Mapping[str, str]) -> str:
        told = [notes[name]] if name in notes else []
        if (name, 0) in self.answerer.shortened:
            told.append("The prompt was too long for the model and lost its middle.")
        if name in self.answerer.silent_variants():
            told.append("It answers exactly as its base does: what it learnt changes nothing.")
        return " ".join(told)

    def _renderer(self, asked: Ask, name: str) -> Renderer:
        template = asked.settings.get("templates", {}).get(name, asked.template)
        if template not in self._renderers:
            self._renderers[template] = Renderer(
                self._tokenizer,
                template=template,
                kind=self.info.kind,
                extra_end_ids=end_ids(self.info),
            )
        return self._renderers[template]


class TrainingRows(Sequence[Example]):
    """The training examples of a dataset, each read when it is wanted."""

    def __init__(self, home: Home, dataset_id: int, count: int) -> None:
        self._folder, self._count = home.dataset(dataset_id), count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        return read_examples(self._folder, "train", place, 1)[0]


def as_row(error: AttuneError) -> dict[str, str]:
    """An error as the database keeps it."""
    return {"kind": error.kind, "what": error.what, "cure": error.cure, "detail": error.detail}
