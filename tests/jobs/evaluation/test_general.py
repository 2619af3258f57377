"""The prompts that forgetting is noticed with: enough of each task, and none of them twice."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from assets.general import make_prompts
from jobs.evaluation.general import general_prompts
from jobs.models.source import resolve
from jobs.types import ENOUGH_PROMPTS, ModelInfo


@pytest.fixture(params=["starter", "another"])
def info(request: pytest.FixtureRequest) -> ModelInfo:
    return replace(resolve("starter"), spec=request.param)


def test_every_task_has_enough_prompts_to_tell(info: ModelInfo) -> None:
    found = general_prompts(info)
    assert len(found.examples) == len(found.tasks)
    counts = Counter(found.tasks)
    assert len(counts) >= 8
    assert min(counts.values()) >= ENOUGH_PROMPTS


def test_no_prompt_comes_twice_or_without_an_answer(info: ModelInfo) -> None:
    found = general_prompts(info)
    assert len({e.prompt for e in found.examples}) == len(found.examples)
    assert all(e.prompt.strip() and e.references[0].strip() for e in found.examples)


def test_each_model_gets_the_set_that_fits_it() -> None:
    starter = resolve("starter")
    own, general = general_prompts(starter), general_prompts(replace(starter, spec="x/y"))
    assert own.title == "prompts of the practice model's own tasks"
    assert general.title == "general questions"
    assert own.fingerprint != general.fingerprint


def test_the_general_set_is_what_its_script_writes() -> None:
    here = Path(make_prompts.__file__).parent
    facts = json.loads((here / "facts.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in (here / "prompts.jsonl").read_text().splitlines()]
    assert [tuple(row.values()) for row in rows] == list(make_prompts.rows(facts))
