"""Letting variants over one base answer prompts: what is missing is written, all of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.data import Renderer, fitting
from jobs.data.shots import gap
from jobs.evaluation.generate import Answerer, Request
from jobs.queue.kept import Kept
from jobs.queue.steady import Steady
from jobs.types import Example, GenerationSettings, ModelInfo, Reporter, Variant

LOOKED_AT = 2_000  # training examples that tell how long answers are
LONGEST_ANSWER = 512  # tokens, unless a reference is longer
SPARE = 1.25  # how much longer than the longest reference an answer may grow


@dataclass(frozen=True)
class Group:
    """The variants of a comparison that stand on one base."""

    info: ModelInfo
    renderer: Renderer
    settings: GenerationSettings
    variants: Sequence[Variant]
    kept: Kept


def answer_limit(renderer: Renderer, examples: Sequence[Example], info: ModelInfo) -> int:
    """Tokens that an answer may have: what the longest reference takes, and a quarter more."""
    longest = max(
        len(renderer.completion_ids(reference))
        for example in examples
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


def generate(group: Group, examples: Sequence[Example], device: str, reporter: Reporter) -> bool:
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
    count, pace = 0, Steady()

    def on_done(variant: str, index: int, completion: Any) -> None:
        nonlocal count
        count += 1
        group.kept.add(variant, index, completion)
        reporter.progress(count, len(requests), pace.left(count, len(requests)))

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
