"""The work of a comparison job: the completions that are missing, then scores and the verdict.

Variants on one base are answered together; where there are several bases, they come in turn.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from jobs.data import Renderer, fitting, load_examples
from jobs.data.shots import gap
from jobs.evaluation.archive import save
from jobs.evaluation.comparison import compare
from jobs.evaluation.generate import Answerer, Request
from jobs.home import Home
from jobs.models.source import end_ids
from jobs.models.tokenizer import load_tokenizer
from jobs.queue.kept import Kept
from jobs.queue.local_model import FetchStopped, ensure_local
from jobs.queue.machine import Machine
from jobs.queue.reporter import StoreReporter
from jobs.queue.variants import model_of, precision_for, variant_for
from jobs.queue.work import Ending, Stay
from jobs.store import Store
from jobs.types import (
    ComparisonInfo,
    DatasetInfo,
    Example,
    GenerationSettings,
    JobInfo,
    ModelInfo,
    Reporter,
    Variant,
)

LONGEST_ANSWER = 512  # tokens, unless a reference is longer
SPARE = 1.25  # how much longer than the longest reference an answer may grow


@dataclasses.dataclass(frozen=True)
class Group:
    """The variants of a comparison that stand on one base."""

    info: ModelInfo
    renderer: Renderer
    settings: GenerationSettings
    variants: Sequence[Variant]
    kept: Kept


class Compare:
    """Generates what no earlier comparison did, keeps it as it comes, and scores all of it."""

    kind = "compare"

    def run(
        self, job: JobInfo, store: Store, home: Home, reporter: StoreReporter, stay: Stay
    ) -> Ending:
        assert job.comparison_id is not None
        comparison = store.comparisons.get(job.comparison_id)
        dataset = store.datasets.by_id(comparison.dataset_id)
        examples = load_examples(home.dataset(dataset.id), comparison.split)[: comparison.limit]
        device = job.device
        try:
            groups = _groups(store, home, comparison, dataset, examples, device, reporter)
        except FetchStopped:
            return "stopped"
        for group in groups:
            if not _generate(group, examples, device, reporter):
                return "stopped"
        reporter.phase("Scoring the completions")
        result = compare(
            examples=examples,
            rendered=[groups[0].renderer.text(e.prompt) for e in examples],
            completions={k: v for group in groups for k, v in group.kept.by_variant().items()},
            variants=comparison.variants,
            settings=told(groups, device),
            data=dataset.name,
            split=comparison.split,
            bases={v.name: group.info.spec for group in groups for v in group.variants},
        )
        remarks = [note for group in groups for note in group.kept.remarks(len(examples))]
        result = dataclasses.replace(result, notes=(*remarks, *result.notes))
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


def told(groups: Sequence[Group], device: str) -> dict[str, Any]:
    """All that shaped the answers, for the result; the examples that few-shot variants show."""
    first, variants = groups[0], [v for group in groups for v in group.variants]
    found: dict[str, Any] = {
        "model": first.info.spec,
        "revision": first.info.revision,
        "max_new_tokens": first.settings.max_new_tokens,
        "dtype": first.settings.precision,
        "template": first.settings.template,
        "decoding": "greedy",
        "device": device,
        "precision": {v.name: v.precision for v in variants},
    }
    if len(groups) > 1:
        found["models"] = {v.name: group.info.spec for group in groups for v in group.variants}
        limits = {group.info.spec: group.settings.max_new_tokens for group in groups}
        found["max_new_tokens_of"] = limits
    shown = max((v.shots for v in variants), key=len)
    if shown:
        found["examples_shown"] = [
            {"prompt": shot.prompt, "completion": shot.references[0]} for shot in shown
        ]
    return found


def _groups(
    store: Store,
    home: Home,
    comparison: ComparisonInfo,
    dataset: DatasetInfo,
    examples: Sequence[Example],
    device: str,
    reporter: StoreReporter,
) -> list[Group]:
    """Everything that is known before a model is loaded, a base at a time."""
    dtype = str(comparison.settings.get("dtype", "auto"))
    precision = precision_for(dtype, Machine(store).named(device))

    def training() -> tuple[str, Sequence[Example]]:
        return dataset.fingerprint, load_examples(home.dataset(dataset.id), "train")

    by_model: dict[str, list[Variant]] = {}
    for name in comparison.variants:
        spec = model_of(store, name) or comparison.model
        by_model.setdefault(spec, []).append(variant_for(store, name, precision, training))
    groups = []
    for spec, variants in by_model.items():
        info = ensure_local(spec, reporter)
        template = _template(store, variants, dataset)
        renderer = Renderer(
            load_tokenizer(info), template=template, kind=info.kind, extra_end_ids=end_ids(info)
        )
        limit = answer_limit(renderer, home, dataset, examples, info)
        settings = GenerationSettings(limit, precision, template)
        kept = Kept(store, dataset, comparison, info, settings, variants)
        groups.append(Group(info, renderer, settings, variants, kept))
    return groups


def _template(store: Store, variants: Sequence[Variant], dataset: DatasetInfo) -> str:
    """The template that the runs were trained with; the dataset's own where there is no run."""
    runs = [store.runs.by_id(v.run_id).template for v in variants if v.run_id is not None]
    return runs[0] if runs else dataset.template


def _generate(group: Group, examples: Sequence[Example], device: str, reporter: Reporter) -> bool:
    """Answer what is missing; False if a stop came before the end."""
    missing = group.kept.missing(len(examples))
    if not missing:
        return True
    reporter.phase("Loading the model")
    needed = {name for name, _ in missing}
    answerer = Answerer(group.info, group.renderer.tokenizer, device)
    for variant in group.variants:
        if variant.name in needed:
            answerer.add(variant)
    requests, fewer = _requests(group, examples, missing)
    reporter.phase("Writing completions", total=len(requests))
    count = 0

    def on_done(variant: str, index: int, completion: Any) -> None:
        nonlocal count
        count += 1
        group.kept.add(variant, index, completion)
        reporter.progress(count, len(requests))

    try:
        whole = answerer.answer(
            requests,
            group.settings,
            group.renderer.end_ids,
            group.renderer.pad_id,
            on_done,
            reporter.stop_requested,
        )
    finally:
        group.kept.remember(answerer, fewer)
        group.kept.keep()
    answerer.close()
    return whole


def _requests(
    group: Group, examples: Sequence[Example], missing: Sequence[tuple[str, int]]
) -> tuple[list[Request], dict[str, set[int]]]:
    """A request for each missing answer; beside them, a variant, the prompts that had no room for
    all of its examples."""
    renderer, by_name = group.renderer, {v.name: v for v in group.variants}
    room = group.info.max_length
    room -= group.settings.max_new_tokens if group.info.kind == "causal" else 0
    plain = [tuple(renderer.prompt_ids(e.prompt)) for e in examples]
    wanted = [tuple(renderer.completion_ids(e.references[0])) for e in examples]
    requests: list[Request] = []
    fewer: dict[str, set[int]] = {}
    for name, index in missing:
        shots, ids, until = by_name[name].shots, plain[index], ""
        if shots:
            found, count = fitting(renderer, examples[index].prompt, shots, room)
            ids = tuple(found)
            if count < len(shots):
                fewer.setdefault(name, set()).add(index)
            if group.info.kind == "causal" and not renderer.chat:
                until = gap(shots)
        requests.append(Request(name, index, ids, wanted[index], until))
    return requests, fewer
