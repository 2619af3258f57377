"""How often a 95% interval holds the truth, and how often several equal variants seem to differ.

python tests/benchmarks/coverage.py 1000 [SHAPE ...]

prints the tables of `coverage.md`: for each shape of difference and number of prompts, percent of
simulated comparisons whose interval holds the truth, by the plain percentile bootstrap and by the
interval used here; how many of the latter lie below the truth, and how many above; how many
comparisons say "too few prompts to tell", and how many intervals of the others hold the truth.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jobs.evaluation.outcomes import outcome
from jobs.evaluation.statistics import difference, holm

COUNTS = (30, 50, 100, 300)


@dataclass(frozen=True)
class Shape:
    """A world of which prompts are drawn: their gains, whose mean is `truth`."""

    name: str
    draw: Callable[[np.random.Generator, int], np.ndarray]
    truth: float


def _half_zero(random, count):
    return np.where(random.random(count) < 0.5, 0.0, random.normal(0.15, 0.25, count))


def _rare(share):
    def draw(random, count):
        large = (random.random(count) < share) * random.uniform(0.3, 0.9, count)
        return random.normal(0.0, 0.02, count) + large

    return draw


def _flips(random, count):
    """Exact match: right for wrong on a quarter, wrong for right on a twentieth."""
    return random.choice([-1.0, 0.0, 1.0], count, p=[0.05, 0.7, 0.25])


SHAPES = (
    Shape("near normal", lambda random, count: random.normal(0.1, 0.2, count), 0.1),
    Shape("half of them zero", _half_zero, 0.075),
    Shape("a tenth gains much", _rare(0.1), 0.06),
    Shape("a twentieth gains much", _rare(0.05), 0.03),
    Shape("exact match, 30% flip", _flips, 0.2),
)


@dataclass(frozen=True)
class Coverage:
    """Percent of intervals."""

    percentile: float  # that hold the truth, by the plain bootstrap
    used: float  # that hold the truth
    below: float  # that end below the truth: a gain is understated
    above: float  # that begin above the truth: a gain is claimed too high
    silent: float  # of comparisons that say "too few prompts to tell"
    trusted: float | None  # of the others' intervals, that hold the truth; None where none speaks


def percentile(values: np.ndarray) -> tuple[float, float]:
    """The plain bootstrap, for comparison."""
    draw = np.random.default_rng(0)
    means = values[draw.integers(0, len(values), (2000, len(values)))].mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def simulate(shape: Shape, count: int, rounds: int, *, plain: bool = True) -> Coverage:
    """Every round draws `count` prompts anew and asks for the interval of their mean gain."""
    held, below, above, by_percentile, speaks = [], [], [], [], []
    for number in range(rounds):
        values = np.sort(shape.draw(np.random.default_rng([number, count]), count))
        told = difference(values.tolist(), [0.0] * count)
        low, high = told.low, told.high
        speaks.append(outcome(told) != "unclear")
        held.append(low <= shape.truth <= high)
        below.append(high < shape.truth)
        above.append(shape.truth < low)
        if plain:
            low, high = percentile(values)
            by_percentile.append(low <= shape.truth <= high)
    columns = (by_percentile or [False], held, below, above, ~np.array(speaks))
    trusted = [one for one, spoke in zip(held, speaks, strict=True) if spoke]
    return Coverage(
        *(100 * float(np.mean(one)) for one in columns),
        trusted=100 * float(np.mean(trusted)) if trusted else None,
    )


def false_claims(variants: int, count: int, rounds: int) -> tuple[float, float]:
    """Percent of comparisons in which one of several variants that are all as good as the base
    seems to be better or worse: without the correction of Holm, and with it."""
    plain = corrected = 0
    for number in range(rounds):
        random = np.random.default_rng([number, count, variants])
        base = random.normal(0.5, 0.2, count)
        ps = [
            difference((base + random.normal(0, 0.2, count)).tolist(), base.tolist()).p
            for _ in range(variants)
        ]
        plain += min(ps) < 0.05
        corrected += min(holm(ps)) < 0.05
    return 100 * plain / rounds, 100 * corrected / rounds


def shapes(chosen: Sequence[Shape], rounds: int) -> None:
    print("| shape | prompts | percentile | used here | too low | too high | silent | trusted |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for shape in chosen:
        for count in COUNTS:
            c = simulate(shape, count, rounds)
            cells = (c.percentile, c.used, c.below, c.above, c.silent, c.trusted)
            row = " | ".join("none" if value is None else f"{value:.1f}" for value in cells)
            print(f"| {shape.name} | {count} | {row} |", flush=True)


def equal_variants(rounds: int) -> None:
    print("\n| equal variants | prompts | without Holm | with Holm |\n|---|---|---|---|")
    for variants in (2, 5):
        plain, corrected = false_claims(variants, 100, rounds)
        print(f"| {variants} | 100 | {plain:.1f} | {corrected:.1f} |", flush=True)


if __name__ == "__main__":
    rounds, *places = [int(one) for one in sys.argv[1:]] or [1000]
    shapes([SHAPES[place] for place in places] or SHAPES, rounds)
    equal_variants(rounds)
