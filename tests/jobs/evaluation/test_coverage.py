"""A 95% interval holds the truth where prompts are few: the short form of a benchmark."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "coverage.py"


@pytest.fixture(scope="module")
def coverage():
    spec = importlib.util.spec_from_file_location("attune_coverage", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.mark.parametrize("place", range(3))
def test_intervals_hold_the_truth_where_prompts_are_few(coverage, place):
    """300 rounds at 50 prompts have a standard error of 1.3."""
    found = coverage.simulate(coverage.SHAPES[place], 50, 300, plain=False)
    assert 92 <= found.used <= 98.5
    assert found.above <= 5  # a gain that is claimed too high


def test_where_intervals_fall_short_the_sentence_is_too_few_prompts_to_tell(coverage):
    """Gains on a twentieth of 50 prompts: 90.7% of all intervals hold the truth (`coverage.md`),
    nearly all that fail where hardly a prompt tells of it. Those are silent; the others hold."""
    few = coverage.simulate(coverage.SHAPES[3], 50, 300, plain=False)
    assert few.used < 93  # else there was no need to be silent
    assert 25 <= few.silent <= 55
    assert 94 <= few.trusted <= 99.5  # a standard error is 1.3
    more = coverage.simulate(coverage.SHAPES[3], 100, 100, plain=False)
    assert more.silent <= 1


@pytest.mark.parametrize("place", [0, 1, 4])
def test_common_changes_are_told_of_at_fifty_prompts(coverage, place):
    assert coverage.simulate(coverage.SHAPES[place], 50, 60, plain=False).silent <= 5


def test_the_plain_percentile_falls_short_on_rare_gains(coverage):
    assert coverage.simulate(coverage.SHAPES[2], 50, 300).percentile < 92


def test_several_equal_variants_do_not_seem_to_differ(coverage):
    plain, corrected = coverage.false_claims(5, 60, 150)
    assert corrected <= 9  # 5, and two standard errors
    assert plain > corrected + 5
