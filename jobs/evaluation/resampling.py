"""The ends of a bootstrap interval, and how small a p it takes to leave 0 out.

Bias-corrected and accelerated (BCa, Efron 1987), its two tails moved outwards as far as Student's
t lies outside the normal (Hesterberg 2015, "expanded"): a resample of n values varies too little
by √((n-1)/n), and quantiles of a normal are too narrow for few values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
TIE = 1e-9  # scores nearer than this are the same score, computed in another order

_NORMAL = NormalDist()
_CHUNK = 2_000_000  # draws at a time, for the sake of memory

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Resampled:
    """Estimates of `count` resampled prompts, sorted; `bias` and `acceleration` as BCa has them."""

    estimates: Values
    bias: float
    acceleration: float
    count: int

    def ends(self) -> tuple[float, float]:
        """Low and high of the 95% interval."""
        reach = student(1 - (1 - LEVEL) / 2, self.count - 1) * _widening(self.count)
        low, high = (_moved(self.bias, self.acceleration, z) for z in (-reach, reach))
        return float(np.quantile(self.estimates, low)), float(np.quantile(self.estimates, high))

    def p(self) -> float:
        """Two-sided p of 0: the interval of level 1 - p is the narrowest that holds 0. Never below
        what the number of resamples can tell, nor below 0.05 where the 95% interval holds 0 itself.

        Where no resample reaches 0, how many lie beyond it is unknown rather than few: there it
        lies as far out as a normal of their spread has it.
        """
        floor = 0.5 / len(self.estimates)
        low, high = self.ends()
        least = 1 - LEVEL if low <= 0 <= high else 2 * floor
        below = (np.mean(self.estimates < -TIE) + np.mean(self.estimates <= TIE)) / 2
        place = _NORMAL.inv_cdf(min(max(float(below), floor), 1 - floor))
        if below in (0, 1):
            errors = abs(float(np.mean(self.estimates) / np.std(self.estimates)))
            place = math.copysign(max(abs(place), errors), place)
        shifted = place - self.bias
        room = 1 + self.acceleration * shifted
        if room <= 0:
            return least
        reach = abs(shifted / room - self.bias) / _widening(self.count)
        return max(least, student_tails(reach, self.count - 1))


def resampled(estimates: Values, estimate: float, influence: Values) -> Resampled:
    """From resampled estimates, the one of all prompts, and what each prompt alone does to it
    (positive where it lifts the estimate; only its shape matters)."""
    estimates = np.sort(estimates)
    spread = float(np.sum(influence**2))
    slack = TIE * float(np.std(estimates))
    below = np.mean(estimates < estimate - slack) + np.mean(estimates <= estimate + slack)
    share = min(max(float(below) / 2, 1 / len(estimates)), 1 - 1 / len(estimates))
    acceleration = float(np.sum(influence**3)) / (6 * spread**1.5) if spread > 0 else 0.0
    return Resampled(estimates, _NORMAL.inv_cdf(share), acceleration, len(influence))


def draws(count: int, most: int, seed: int) -> list[NDArray[np.int32]]:
    """Resamples x count places in `count` prompts, in parts; fewer resamples where there are many
    prompts, at least 2,000 and at most 10,000."""
    resamples = min(max(most // count, 2_000), 10_000)
    draw = np.random.default_rng(seed)
    rows = max(1, _CHUNK // count)
    return [
        draw.integers(0, count, (min(rows, resamples - start), count), dtype=np.int32)
        for start in range(0, resamples, rows)
    ]


def student(share: float, freedom: int) -> float:
    """Quantile of Student's t by Hill's expansion (Abramowitz and Stegun 26.7.5); the error is
    below 0.01 from 4 degrees of freedom, and under 4 the interval is not to be trusted anyway."""
    z = _NORMAL.inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom ** (power + 1) for power, term in enumerate(terms))


def student_tails(reach: float, freedom: int) -> float:
    """Both tails beyond `reach`: the p whose `student` quantile it is, by halving."""
    low, high = 1e-12, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if student(1 - middle / 2, freedom) > reach:
            low = middle
        else:
            high = middle
    return high


def _widening(count: int) -> float:
    return math.sqrt(count / (count - 1))


def _moved(bias: float, acceleration: float, z: float) -> float:
    """The share of resampled estimates below the end of a BCa interval (Efron 1987, 3.9)."""
    shifted = bias + z
    room = 1 - acceleration * shifted
    if room <= 0:  # so skew that the end lies beyond every resample
        return 1.0 if shifted > 0 else 0.0
    return _NORMAL.cdf(bias + shifted / room)
