"""The work of a look at what a run forgot: it and its base answer prompts that it never learnt.

Answers are kept as those of comparisons are, so that a stop loses none, and the base's are written
once for all runs on it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from jobs.data import Renderer, read_examples
from jobs.errors import DataError
from jobs.evaluation.comparison import compare
from jobs.evaluation.forgetting import forgotten
from jobs.evaluation.forgetting_file import place, save
from jobs.evaluation.general import PromptSet, general_prompts, own_prompts, some
from jobs.home import Home
from jobs.models.source import end_ids
from jobs.models.stamp import stamp
from jobs.models.tokenizer import load_tokenizer
from jobs.queue.answering import LOOKED_AT, Group, answer_limit, generate, told
from jobs.queue.kept import Kept
from jobs.queue.local_model import ensure_local
from jobs.queue.machine import Machine
from jobs.queue.reporter import StoreReporter
from jobs.queue.variants import BASE, BASE_4BIT, variant_for
from jobs.queue.work import Ending, Stay
from jobs.store import Store
from jobs.types import Example, GenerationSettings, JobInfo, ModelInfo, RunInfo

MOST = 500  # prompts of a dataset without a limit: intervals of hundredths, and no afternoon


class Forget:
    """Writes the answers that no earlier look has, scores them, and says what was forgotten."""

    kind = "forget"

    def run(
        self, job: JobInfo, store: Store, home: Home, reporter: StoreReporter, stay: Stay
    ) -> Ending:
        assert job.run_id is not None
        run = store.runs.by_id(job.run_id)
        info = ensure_local(run.model, reporter)
        asked, training = _prompts(store, home, info, job.payload)
        group = _group(store, run, info, asked, training, job.device)
        if not generate(group, asked.examples, job.device, reporter):
            return "stopped"
        reporter.phase("Scoring the completions")
        tuned, base = (v.name for v in group.variants)
        result = compare(
            examples=asked.examples,
            rendered=[group.renderer.text(e.prompt) for e in asked.examples],
            completions=group.kept.by_variant(),
            variants=(base, tuned),
            settings={
                **told([group], job.device),
                "prompts": asked.fingerprint,
                "adapter": stamp(run.folder / "adapter"),
            },
            data=asked.title,
            split=asked.split,
        )
        remarks = group.kept.remarks(len(asked.examples))
        result = dataclasses.replace(result, notes=(*remarks, *result.notes))
        found = forgotten(result, tuned, base, asked.title, asked.tasks)
        save(found, place(run.folder, job.payload))
        return "done"


work = Forget()


def _prompts(
    store: Store, home: Home, info: ModelInfo, asked: Mapping[str, Any]
) -> tuple[PromptSet, list[Example]]:
    """The prompts, and beside them the training examples that say how long answers get."""
    limit = asked.get("limit")
    if "data" not in asked:
        return some(general_prompts(info), limit), []
    dataset = store.datasets.by_id(int(asked["data"]))
    folder = home.dataset(dataset.id)
    examples = read_examples(folder, "test", 0, limit or MOST)
    if not examples:
        raise DataError(
            f"The test split of “{dataset.name}” is empty.", "Choose other prompts to ask."
        )
    found = own_prompts(dataset.name, "test", dataset.fingerprint, dataset.template, examples)
    return found, read_examples(folder, "train", 0, LOOKED_AT)


def _group(
    store: Store,
    run: RunInfo,
    info: ModelInfo,
    asked: PromptSet,
    training: list[Example],
    device: str,
) -> Group:
    """The run and its base, which is the untuned model as the run stands on it: in 4 bits for a
    run over those, since what rounding costs was not forgotten in training."""
    tuned = variant_for(store, run.name, Machine(store).named(device).precision)
    name = BASE_4BIT if tuned.precision == "4bit" else BASE
    base = variant_for(store, name, tuned.precision)
    renderer = Renderer(
        load_tokenizer(info), template=asked.template, kind=info.kind, extra_end_ids=end_ids(info)
    )
    limit = answer_limit(renderer, (*training, *asked.examples), info)
    compute = Machine(store).named(device).precision
    settings = GenerationSettings(limit, compute, asked.template)
    variants = (tuned, base)
    kept = Kept(store, asked.fingerprint, asked.split, info, settings, variants)
    return Group(info, renderer, settings, variants, kept)
