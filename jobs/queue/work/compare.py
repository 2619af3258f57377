"""The work of a comparison job: the completions that are missing, then scores and the verdict."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jobs.data import Renderer, load_examples
from jobs.evaluation.archive import save
from jobs.evaluation.comparison import compare
from jobs.evaluation.generate import Answerer, Request
from jobs.home import Home
from jobs.models.source import end_ids
from jobs.models.tokenizer import load_tokenizer
from jobs.queue.local_model import FetchStopped, ensure_local
from jobs.queue.machine import Machine
from jobs.queue.reporter import StoreReporter
from jobs.queue.variants import precision_for, variant_for
from jobs.queue.work import Ending, Stay
from jobs.store import Store
from jobs.types import (
    ComparisonInfo,
    Completion,
    DatasetInfo,
    Example,
    GenerationSettings,
    JobInfo,
    ModelInfo,
    Reporter,
    Variant,
)

KEPT_AT_ONCE = 32  # completions a transaction
LONGEST_ANSWER = 512  # tokens, unless a reference is longer
SPARE = 1.25  # how much longer than the longest reference an answer may grow


class Compare:
    """Generates what no earlier comparison did, keeps it as it comes, and scores all of it."""

    kind = "compare"

    def run(
        self, job: JobInfo, store: Store, home: Home, reporter: StoreReporter, stay: Stay
    ) -> Ending:
        assert job.comparison_id is not None
        comparison = store.comparisons.get(job.comparison_id)
        dataset = store.datasets.by_id(comparison.dataset_id)
        try:
            info = ensure_local(comparison.model, reporter)
        except FetchStopped:
            return "stopped"
        examples = load_examples(home.dataset(dataset.id), comparison.split)[: comparison.limit]
        device = Machine(store).named(job.device)
        precision = precision_for(str(comparison.settings.get("dtype", "auto")), device)
        variants = [variant_for(store, name, precision) for name in comparison.variants]
        template = _template(store, variants, dataset)
        renderer = Renderer(
            load_tokenizer(info), template=template, kind=info.kind, extra_end_ids=end_ids(info)
        )
        limit = answer_limit(renderer, home, dataset, examples, info)
        settings = GenerationSettings(limit, precision, template)
        finished = _Completions(store, dataset, comparison, info, settings, variants)
        if not _generate(finished, examples, renderer, device.name, reporter):
            return "stopped"
        reporter.phase("Scoring the completions")
        result = compare(
            examples=examples,
            rendered=[renderer.text(e.prompt) for e in examples],
            completions=finished.by_variant(),
            variants=[v.name for v in variants],
            settings=told(info, settings, variants, device.name),
            data=dataset.name,
            split=comparison.split,
        )
        notes = (*finished.remarks(len(examples)), *result.notes)
        result = dataclasses.replace(result, notes=notes)
        save(result, home.comparison(comparison.id))
        store.comparisons.set_verdict(comparison.id, result.verdict, result.outcome)
        return "done"


work = Compare()


def answer_limit(
    renderer: Renderer,
    home: Home,
    dataset: DatasetInfo,
    examples: Sequence[Example],
    info: ModelInfo,
) -> int:
    """Tokens that an answer may have: what the longest reference takes, and a quarter more."""
    known = load_examples(home.dataset(dataset.id), "train")[:2_000]
    longest = max(
        len(renderer.completion_ids(reference))
        for example in (*known, *examples)
        for reference in example.references
    )
    room = min(max(int(longest * SPARE), 16), max(LONGEST_ANSWER, longest))
    return max(1, min(room, info.max_length // 2))


def told(
    info: ModelInfo, settings: GenerationSettings, variants: Sequence[Variant], device: str
) -> dict[str, Any]:
    """All that shaped the answers, for the result."""
    return {
        "model": info.spec,
        "revision": info.revision,
        "max_new_tokens": settings.max_new_tokens,
        "dtype": settings.precision,
        "template": settings.template,
        "decoding": "greedy",
        "device": device,
        "precision": {v.name: v.precision for v in variants},
    }


def _template(store: Store, variants: Sequence[Variant], dataset: DatasetInfo) -> str:
    """The template that the runs were trained with; the dataset's own where there is no run."""
    runs = [store.runs.by_id(v.run_id).template for v in variants if v.run_id is not None]
    return runs[0] if runs else dataset.template


class _Completions:
    """The stored completions of a comparison's variants, and what is still missing."""

    def __init__(
        self,
        store: Store,
        dataset: DatasetInfo,
        comparison: ComparisonInfo,
        info: ModelInfo,
        settings: GenerationSettings,
        variants: Sequence[Variant],
    ) -> None:
        self._store = store
        self.info = info
        self.settings = settings
        self.variants = variants
        ground = {
            "data": dataset.fingerprint,
            "split": comparison.split,
            "model": [info.spec, info.revision, _stamp(info.path)],
            "settings": dataclasses.asdict(settings),
        }
        self._keys = {v.name: _key(ground, v) for v in variants}
        self._known = {v.name: store.completions.get(self._keys[v.name]) for v in variants}
        self._fresh: dict[str, list[tuple[int, Completion]]] = {v.name: [] for v in variants}

    def missing(self, count: int) -> list[tuple[str, int]]:
        """Variant and index of every example, of `count`, that has no completion yet."""
        return [
            (v.name, index)
            for v in self.variants
            for index in range(count)
            if index not in self._known[v.name]
        ]

    def add(self, variant: str, index: int, completion: Completion) -> None:
        self._known[variant][index] = completion
        self._fresh[variant].append((index, completion))
        if len(self._fresh[variant]) >= KEPT_AT_ONCE:
            self.keep()

    def keep(self) -> None:
        """Write what has come since the last time."""
        for name, fresh in self._fresh.items():
            if fresh:
                self._store.completions.put_many(self._keys[name], fresh)
        self._fresh = {name: [] for name in self._fresh}

    def remember(self, answerer: Answerer) -> None:
        """Keep what was odd about the answers beside them, for the comparisons that reuse them."""
        silent = answerer.silent_variants()
        for name, key in self._keys.items():
            cut = {index for variant, index in answerer.shortened if variant == name}
            if name in silent or cut:
                known = self._odd(key)
                told = {"silent": name in silent, "cut": sorted(cut.union(known["cut"]))}
                self._store.facts.set(f"answers {key}", told)

    def remarks(self, count: int) -> list[str]:
        """What a person must know of how the answers to the first `count` prompts came about."""
        odd = {name: self._odd(key) for name, key in self._keys.items()}
        told = [
            f"“{name}” answers exactly as its base does: its adapter changes nothing."
            for name, found in odd.items()
            if found["silent"]
        ]
        cut = len({i for found in odd.values() for i in found["cut"] if i < count})
        if cut:
            prompts = "1 prompt was" if cut == 1 else f"{cut} prompts were"
            told.append(f"{prompts} too long for the model and lost the middle.")
        return told

    def _odd(self, key: str) -> Mapping[str, Any]:
        return self._store.facts.get(f"answers {key}") or {"silent": False, "cut": []}

    def by_variant(self) -> Mapping[str, Mapping[int, Completion]]:
        return self._known


def _stamp(folder: Path | None) -> list[str]:
    """What tells one set of weights from another that lies in the same place."""
    found = sorted(folder.glob("*.safetensors")) if folder else []
    digests = []
    for path in found:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return digests


def _key(ground: Mapping[str, Any], variant: Variant) -> str:
    """Names a variant's completions by all that shapes them; a retrained run has another key."""
    stamp = _stamp(variant.adapter)
    text = json.dumps([ground, variant.precision, variant.method, stamp], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _generate(
    finished: _Completions,
    examples: Sequence[Example],
    renderer: Renderer,
    device: str,
    reporter: Reporter,
) -> bool:
    """Answer what is missing; False if a stop came before the end."""
    missing = finished.missing(len(examples))
    if not missing:
        return True
    reporter.phase("Loading the model")
    needed = {name for name, _ in missing}
    variants = [v for v in finished.variants if v.name in needed]
    answerer = Answerer(finished.info, renderer.tokenizer, device)
    for variant in variants:
        answerer.add(variant)
    prompts = [tuple(renderer.prompt_ids(e.prompt)) for e in examples]
    requests = [Request(name, index, prompts[index]) for name, index in missing]
    reporter.phase("Writing completions", total=len(requests))
    count = 0

    def on_done(variant: str, index: int, completion: Completion) -> None:
        nonlocal count
        count += 1
        finished.add(variant, index, completion)
        reporter.progress(count, len(requests))

    try:
        whole = answerer.answer(
            requests,
            finished.settings,
            renderer.end_ids,
            renderer.pad_id,
            on_done,
            reporter.stop_requested,
        )
    finally:
        finished.remember(answerer)
        finished.keep()
    answerer.close()
    return whole
