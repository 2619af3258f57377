"""The rules of the verdict at their edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from differences import made

from jobs.evaluation.outcomes import needed, opponents, outcome, verdict_metric
from jobs.evaluation.statistics import difference
from jobs.types import Difference


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (made(49, 0, 0), "unclear"),
        (made(50, 0, 0), "better"),
        (made(9, 41, 0), "unclear"),
        (made(10, 40, 0), "better"),
        (made(9, 900, 0), "unclear"),
        (made(0, 50, 0, 0.0, 0.0, 0.0), "same"),
        (made(0, 49, 0, 0.0, 0.0, 0.0), "unclear"),
        (made(40, 0, 40, low=0.0), "same"),
        (made(40, 0, 40, low=1e-9), "better"),
        (made(40, 0, 40, -0.1, -0.2, 0.0), "same"),
        (made(40, 0, 40, -0.1, -0.2, -1e-9), "worse"),
        (made(40, 0, 40, low=-0.01), "same"),
        (replace(made(60, 0, 20), holm=0.05), "same"),
        (replace(made(60, 0, 20), holm=0.0499), "better"),
        (replace(made(20, 0, 60, -0.1, -0.2, -0.05), holm=0.06), "same"),
        (replace(made(20, 0, 60, -0.1, -0.2, -0.05), holm=0.001), "worse"),
        (replace(made(49, 0, 0), holm=0.001), "unclear"),
        (replace(made(99, 0, 0), noticed=2), "unclear"),
        (replace(made(99, 0, 0), noticed=3), "better"),
        (replace(made(100, 0, 0), noticed=2), "better"),
        (replace(made(0, 0, 99, -0.1, -0.2, -0.05), noticed=2), "unclear"),
        (replace(made(0, 99, 0, 0.0, 0.0, 0.0), noticed=0), "same"),
        (Difference("a", "b", "rougeL", None, None, None, 0, 0, 0), "unclear"),
    ],
)
def test_the_rules_at_their_edges(difference, expected):
    assert outcome(difference) == expected


@pytest.mark.parametrize(
    ("references", "metric"),
    [
        ([("yes",), ("very positive review",)], "exact_match"),
        ([("yes",), ("one two three four",)], "rougeL"),
        ([("yes", "one two three four")], "rougeL"),
        ([("积极",), ("消极",)], "exact_match"),
        ([("今天天气很好我们去公园",)], "rougeL"),
        ([("...",)], "exact_match"),
        ([], "rougeL"),
    ],
)
def test_the_metric_is_fixed_by_the_references_alone(references, metric):
    assert verdict_metric(references) == metric


@pytest.mark.parametrize(
    ("difference", "count"),
    [
        (replace(made(20, 0, 10), detectable=0.1), 50),  # no fewer than rule 1 asks for
        (replace(made(20, 0, 10), detectable=0.2), 120),  # twice as fine: four times as many
        (replace(made(10, 0, 20, -0.1, -0.2, 0.0), detectable=0.2), 120),
        (replace(made(20, 0, 10), detectable=0.2001), 130),  # two figures, never fewer
        (replace(made(20, 0, 10), detectable=2.0), 12_000),
        (replace(made(9, 71, 0), detectable=0.01), 89),  # 9 of 80 changed, 10 have to
        (replace(made(1, 79, 0), detectable=0.01), 800),
        (replace(made(60, 0, 20), noticed=2, detectable=0.01), 100),
        (replace(made(60, 0, 20), noticed=2, detectable=0.2), 320),
        (replace(made(10, 0, 0), detectable=0.1), 50),
        (replace(made(9, 0, 0), detectable=0.1), None),
        (replace(made(15, 0, 15, 0.0, -0.1, 0.1), detectable=0.1), None),
        (made(20, 0, 10), None),
        (Difference("a", "b", "rougeL", None, None, None, 0, 0, 0), None),
    ],
)
def test_how_many_prompts_would_tell(difference, count):
    assert outcome(difference) == "unclear"
    assert needed(difference) == count
    asked = difference.wins + difference.ties + difference.losses
    assert count is None or count > asked


def test_prompts_that_all_tie_tell_of_no_number():
    """A score of the whole corpus can differ while no prompt's own does."""
    assert needed(replace(made(0, 12, 0, delta=-0.089), metric="chrf", detectable=0.2)) is None


def test_so_many_prompts_do_tell():
    """What `needed` says of a few prompts, tried: of as many, the smallest difference that could
    be shown is as small as the one seen."""
    draw = np.random.default_rng(0)
    for count in (12, 30, 45):
        gains = draw.normal(0.08, 0.2, count)
        small = difference(gains.tolist(), [0.0] * count, metric="rougeL")
        told = needed(small)
        assert told is not None
        again = np.tile(gains, 1 + told // count)[:told]
        more = difference(again.tolist(), [0.0] * told, metric="rougeL")
        assert more.detectable is not None
        assert more.detectable < 1.25 * abs(small.delta or 0.0)


def test_what_the_others_are_held_against():
    assert set(opponents(["lora-1", "base@4bit", "base"]).values()) == {"base"}
    assert set(opponents(["qlora-1", "base@4bit"]).values()) == {"base@4bit"}
    assert set(opponents(["lora-1", "lora-2"]).values()) == {"lora-1"}
    assert opponents(["base", "base+3", "lora-1"])["base+3"] == "base"


def test_each_is_held_against_the_base_of_its_own_model():
    bases = {"base": "x", "lora-1": "x", "base:org/y": "org/y", "lora-2": "org/y"}
    assert opponents(list(bases), bases) == {
        "base": "base", "lora-1": "base", "base:org/y": "base:org/y", "lora-2": "base:org/y"
    }  # fmt: skip
