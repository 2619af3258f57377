"""Prompts that have nothing to do with a run's data: what is asked to see what it forgot.

The practice model is asked for its own tasks, on texts that its making never read. Other models
get a set of plain questions that a general model can be expected to answer.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from jobs.models.source import STARTER
from jobs.types import Example, ModelInfo

SETS = {
    STARTER: ("starter/held_out.jsonl", "prompts of the practice model's own tasks"),
    "": ("general/prompts.jsonl", "general questions"),
}


@dataclass(frozen=True)
class PromptSet:
    """Prompts with their references, each of a task, read through one template."""

    title: str  # as it stands in a sentence: "general questions"
    examples: tuple[Example, ...]
    tasks: tuple[str, ...]  # one an example
    template: str = "{prompt}"
    fingerprint: str = ""
    split: str = "general"  # what completions are kept under, beside the fingerprint


def general_prompts(info: ModelInfo) -> PromptSet:
    """The set that fits a base model."""
    name, title = SETS.get(info.spec, SETS[""])
    text = (files("assets") / name).read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    examples = tuple(
        Example(row["prompt"], (row["completion"],), number) for number, row in enumerate(rows, 1)
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return PromptSet(title, examples, tuple(row["task"] for row in rows), fingerprint=digest)


def some(whole: PromptSet, limit: int | None) -> PromptSet:
    """So many prompts of a set, of each task as many as of the others; all without a limit."""
    if limit is None or limit >= len(whole.examples):
        return whole
    seen: Counter[str] = Counter()
    turns = []  # the how-manieth of its task each prompt is
    for task in whole.tasks:
        turns.append(seen[task])
        seen[task] += 1
    chosen = sorted(sorted(range(len(turns)), key=lambda place: turns[place])[:limit])
    return replace(
        whole,
        examples=tuple(whole.examples[place] for place in chosen),
        tasks=tuple(whole.tasks[place] for place in chosen),
        fingerprint=f"{whole.fingerprint}/{limit}",  # answers are kept by place in the set
    )


def own_prompts(
    name: str, split: str, fingerprint: str, template: str, examples: Sequence[Example]
) -> PromptSet:
    """Prompts of a person's own dataset, which are one task."""
    tasks = (name,) * len(examples)
    return PromptSet(f"prompts of {name}", tuple(examples), tasks, template, fingerprint, split)
