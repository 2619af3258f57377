"""The pure parts of the benchmark of quality: seeds pooled, results read, who is called worse."""

from __future__ import annotations

import importlib
import json
import sys
from argparse import Namespace
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PROMPTS = 40


@pytest.fixture(scope="module")
def quality():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        yield importlib.import_module("quality")
    finally:
        sys.path.remove(str(BENCHMARKS))


def line(quality, engine, seed, scores, data="notes"):
    return quality.Cell(data, "lora", "standard", engine, seed), {"scores": scores, "forgot": 0.5}


def test_seeds_are_averaged_prompt_by_prompt(quality):
    assert quality.pooled([[0.0, 1.0, 0.5], [1.0, 0.5, None]]) == [0.5, 0.75, None]
    with pytest.raises(ValueError, match="shorter"):  # other prompts
        quality.pooled([[0.0, 1.0], [1.0]])


def test_a_line_that_was_cut_off_is_measured_again(quality, tmp_path):
    path = tmp_path / "quality.jsonl"
    whole = {"data": "notes", "method": "lora", "effort": "quick", "engine": "same", "seed": 2}
    path.write_text(json.dumps(whole | {"scores": [1.0]}) + "\n" + '{"data": "notes", "met')
    ((cell, found),) = quality.known(path)
    assert cell == quality.Cell("notes", "lora", "quick", "same", 2)
    assert found["scores"] == [1.0]
    assert quality.known(tmp_path / "none.jsonl") == []


def test_seeds_that_one_side_lacks_do_not_count(quality):
    """Seed 1 of this engine alone is perfect; held against nothing it must not lift the mean."""
    low = [0.2, 0.4] * (PROMPTS // 2)
    lines = [
        line(quality, "attune", 0, low),
        line(quality, "attune", 1, [1.0] * PROMPTS),
        line(quality, "default", 0, low),
    ]
    row = quality.table(lines).splitlines()[2]
    assert "| 0.300 | 0.300 | +0.000 (+0.000 to +0.000) | alike |" in row


@pytest.mark.parametrize(
    ("ours", "theirs", "said"), [(0.2, 0.5, "worse"), (0.5, 0.2, "better"), (0.5, 0.5, "alike")]
)
def test_the_interval_says_who_is_better(quality, ours, theirs, said):
    """Gains that differ a little from prompt to prompt, so that there is an interval."""
    spread = [0.001 * (i % 7) for i in range(PROMPTS)]
    lines = [
        line(quality, engine, seed, [mean + s * (-1) ** (seed + i) for i, s in enumerate(spread)])
        for engine, mean in (("attune", ours), ("documented", theirs))
        for seed in (0, 1)
    ]
    (row,) = quality.table(lines).splitlines()[2:]
    assert said in row.split("|")[8]


def test_every_cell_comes_once_and_ours_beside_the_first_rival_first(quality):
    args = Namespace(
        rivals="documented,default", efforts="standard", seeds=3, on=None, method="lora,qlora"
    )
    found = quality.cells(args, ("notes", "replies"))
    assert len(set(found)) == len(found) == 3 * 3 * 2 * 2
    assert {c.engine for c in found[:24]} == {"attune", "documented"}
    args.rivals = "same"
    assert {c.engine for c in quality.cells(args, ("notes",))} == {"attune", "same"}


def test_the_rival_keeps_all_but_its_learning_rate(quality):
    options = {"learning_rate": 3e-3, "epochs": 6.0}
    rates = [
        quality.rival(quality.Cell("notes", method, "standard", engine, 0), options)
        for method, engine in (
            ("lora", "documented"),
            ("prompt-tuning", "documented"),
            ("lora", "default"),
            ("lora", "same"),
        )
    ]
    assert [r["learning_rate"] for r in rates] == [2e-4, 3e-2, 2e-5, 3e-3]
    assert all(set(r) == {"learning_rate"} for r in rates)
