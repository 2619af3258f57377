"""How often a 95% interval holds the truth; run as a script it prints the table of statistics.py.

python tests/jobs/evaluation/test_coverage.py 1000
"""

from __future__ import annotations

import sys

import numpy as np
import pytest

from jobs.evaluation.statistics import bootstrap
from jobs.evaluation.verdict import MIN_CHANGES


def near_normal(random, count):
    """Gains on every prompt, mean 0.1."""
    return random.normal(0.1, 0.2, count)


def half_zeros(random, count):
    """Every other prompt is a tie, mean 0.075."""
    gains = random.normal(0.15, 0.25, count)
    return np.where(random.random(count) < 0.5, 0.0, gains)


def rare_gains(random, count):
    """A tenth of the prompts gains 0.3 to 0.9, the others hardly move: mean 0.06."""
    gains = random.normal(0.0, 0.02, count)
    return gains + (random.random(count) < 0.1) * random.uniform(0.3, 0.9, count)


def very_rare_gains(random, count):
    """A twentieth gains 0.3 to 0.9, mean 0.03."""
    gains = random.normal(0.0, 0.02, count)
    return gains + (random.random(count) < 0.05) * random.uniform(0.3, 0.9, count)


def flips(random, count):
    """Exact match: right for wrong on a quarter, wrong for right on a twentieth, mean 0.2."""
    return random.choice([-1.0, 0.0, 1.0], count, p=[0.05, 0.7, 0.25])


def percentile(values, seed):
    """The plain bootstrap, for comparison."""
    draw = np.random.default_rng(seed)
    means = values[draw.integers(0, len(values), (2000, len(values)))].mean(axis=1)
    return np.quantile(means, 0.025), np.quantile(means, 0.975)


def coverage(method, shape, truth, count, rounds):
    """(held, truth below, truth above) in percent, over the comparisons that would be judged."""
    held = below = above = judged = 0
    for number in range(rounds):
        values = np.sort(shape(np.random.default_rng([number, count]), count))
        if np.count_nonzero(values) < MIN_CHANGES:
            continue
        low, high = method(values, 0)
        judged += 1
        held += low <= truth <= high
        below += truth < low
        above += truth > high
    return tuple(100 * hits / max(judged, 1) for hits in (held, below, above))


SHAPES = (
    (near_normal, 0.1),
    (half_zeros, 0.075),
    (rare_gains, 0.06),
    (very_rare_gains, 0.03),
    (flips, 0.2),
)


@pytest.mark.parametrize(("shape", "truth"), SHAPES[:3])
def test_intervals_hold_the_truth_where_prompts_are_few(shape, truth):
    """The short form: 300 rounds at 50 prompts have a standard error of 1.3."""
    held, below, _ = coverage(bootstrap, shape, truth, 50, 300)
    assert 92 <= held <= 98.5
    assert below <= 5  # a gain that is claimed too high


def test_the_plain_percentile_falls_short_on_rare_gains():
    held, _, _ = coverage(percentile, rare_gains, 0.06, 50, 300)
    assert held < 92


if __name__ == "__main__":
    rounds = int(sys.argv[1])
    for shape, truth in SHAPES:
        for count in (30, 50, 100, 300):
            plain = coverage(percentile, shape, truth, count, rounds)
            used = coverage(bootstrap, shape, truth, count, rounds)
            cells = " ".join(f"{value:5.1f}" for value in (plain[0], *used))
            print(f"{shape.__name__:16} {count:4} {cells}", flush=True)
