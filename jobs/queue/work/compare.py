"""The work of a comparison job: the completions that are missing, then scores and the verdict.

Variants on one base are answered together; where there are several bases, they come in turn.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from jobs.data import Renderer, read_examples
from jobs.data.stored import StoredSplit
from jobs.evaluation.archive import save
from jobs.evaluation.comparison import compare
from jobs.evaluation.notes import advice
from jobs.home import Home
from jobs.models.source import end_ids
from jobs.models.tokenizer import load_tokenizer
from jobs.queue.answering import LOOKED_AT, Group, answer_limit, generate, told
from jobs.queue.kept import Kept
from jobs.queue.local_model import ensure_local
from jobs.queue.machine import Machine
from jobs.queue.reporter import StoreReporter
from jobs.queue.variants import is_base, learnt_from, model_of, precision_for, variant_for
from jobs.queue.work import Ending, Stay
from jobs.store import Store
from jobs.types import (
    ComparisonInfo,
    DatasetInfo,
    Example,
    GenerationSettings,
    JobInfo,
    Variant,
)


class Compare:
    """Generates what no earlier comparison did, keeps it as it comes, and scores all of it."""

    kind = "compare"

    def run(
        self, job: JobInfo, store: Store, home: Home, reporter: StoreReporter, stay: Stay
    ) -> Ending:
        assert job.comparison_id is not None
        comparison = store.comparisons.get(job.comparison_id)
        dataset = store.datasets.by_id(comparison.dataset_id)
        folder, limit = home.dataset(dataset.id), comparison.limit
        examples = read_examples(folder, comparison.split, 0, limit)
        device = job.device
        groups = _groups(store, home, comparison, dataset, examples, device, reporter)
        for group in groups:
            if not generate(group, examples, device, reporter):
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
            learnt=_learnt(store, comparison),
        )
        remarks = [note for group in groups for note in group.kept.remarks(len(examples))]
        notes = (*remarks, *result.notes, *advice(result))
        result = dataclasses.replace(result, notes=notes)
        save(result, home.comparison(comparison.id))
        store.comparisons.set_verdict(comparison.id, result.verdict, result.outcome)
        return "done"


work = Compare()


def _learnt(store: Store, comparison: ComparisonInfo) -> list[str]:
    """The runs that have learnt from the rows that they are asked."""
    runs = [store.runs.get(v) for v in comparison.variants if not is_base(v)]
    return [run.name for run in runs if learnt_from(run, comparison)]


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
        return dataset.fingerprint, StoredSplit(home.dataset(dataset.id), "train")

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
        known = read_examples(home.dataset(dataset.id), "train", 0, LOOKED_AT)
        limit = answer_limit(renderer, (*known, *examples), info)
        settings = GenerationSettings(limit, precision, template)
        ground = (dataset.fingerprint, comparison.split)
        kept = Kept(store, *ground, info, settings, variants)
        groups.append(Group(info, renderer, settings, variants, kept))
    return groups


def _template(store: Store, variants: Sequence[Variant], dataset: DatasetInfo) -> str:
    """The template that the runs were trained with; the dataset's own where there is no run."""
    runs = [store.runs.by_id(v.run_id).template for v in variants if v.run_id is not None]
    return runs[0] if runs else dataset.template
