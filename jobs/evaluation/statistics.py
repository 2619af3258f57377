"""How sure a mean and a difference of means are: a bootstrap over prompts, and a sign test.

Intervals are the expanded BCa ones of `resampling.py`, chosen by simulation: the table and the
script that makes it lie in `tests/benchmarks/` (`coverage.py`). Prompts are resampled, each with
the scores of both variants, since they are what is drawn from the world.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from jobs.evaluation.resampling import (
    LEVEL,
    TIE,
    Resampled,
    Values,
    draws,
    resampled,
    student,
)
from jobs.types import Difference, Interval

POWER = 0.80  # of the smallest difference that could have been shown
NOTICED = 0.05  # scores at least so far apart count as changed where prompts are few

_NORMAL = NormalDist()
_DRAWS = 8_000_000  # numbers drawn an interval


def interval(values: Sequence[float | None], seed: int = 0, *, bounded: bool = True) -> Interval:
    """The mean of the values that are there, with its 95% interval; their order does not matter.

    Where every value is 0 or 1, and values are `bounded` by these, it is Wilson's interval for a
    share, which stays honest where all are equal. One value alone has no interval.
    """
    known = np.sort(np.array([v for v in values if v is not None], dtype=np.float64))
    if len(known) == 0:
        return Interval(None, None, None, 0)
    mean = math.fsum(known) / len(known)
    if len(known) == 1:
        return Interval(mean, None, None, 1)
    share = bounded and bool(np.all((known == 0.0) | (known == 1.0)))
    low, high = wilson(mean, len(known)) if share else bootstrap(known, seed)
    return Interval(mean, low, high, len(known))


@dataclass(frozen=True)
class Gains:
    """`a` minus `b` a prompt, sorted, over the prompts where both have a score."""

    values: Values
    a_mean: float
    b_mean: float

    @property
    def wins(self) -> int:
        return int(np.sum(self.values > 0))

    @property
    def losses(self) -> int:
        return int(np.sum(self.values < 0))


def gains(a_values: Sequence[float | None], b_values: Sequence[float | None]) -> Gains | None:
    """None where no prompt has a score of both."""
    pairs = zip(a_values, b_values, strict=True)
    both = np.array([(x, y) for x, y in pairs if x is not None and y is not None], dtype=np.float64)
    if len(both) == 0:
        return None
    apart = both[:, 0] - both[:, 1]
    apart = np.sort(np.where(np.abs(apart) < TIE, 0.0, apart))
    return Gains(apart, math.fsum(both[:, 0]) / len(both), math.fsum(both[:, 1]) / len(both))


def difference(
    a_values: Sequence[float | None],
    b_values: Sequence[float | None],
    *,
    a: str = "a",
    b: str = "b",
    metric: str = "",
    seed: int = 0,
) -> Difference:
    """`a` minus `b` over the prompts where both have a score, which are resampled as pairs.

    `low` and `high` are None with fewer than two such prompts; whether they can be trusted is
    the verdict's to say. Where all prompts gain the same they are that gain, `p` is the sign
    test's, and what could have been detected is not known.
    """
    found = gains(a_values, b_values)
    if found is None:
        return Difference(a, b, metric, None, None, None, 0, 0, 0)
    told = Difference(
        a,
        b,
        metric,
        delta=math.fsum(found.values) / len(found.values),
        low=None,
        high=None,
        wins=found.wins,
        ties=len(found.values) - found.wins - found.losses,
        losses=found.losses,
        a_mean=found.a_mean,
        b_mean=found.b_mean,
        sign_test=sign_test(found.wins, found.losses),
        noticed=int(np.sum(np.abs(found.values) >= NOTICED - TIE)),
    )
    if len(found.values) < 2:
        return told
    sampled = _resampled(found.values, seed)
    if sampled is None:  # of gains that are all one nothing tells how far the next may lie
        return replace(told, low=told.delta, high=told.delta, p=told.sign_test)
    low, high = sampled.ends()
    error = float(np.std(found.values, ddof=1)) / math.sqrt(len(found.values))
    least = detectable(error, len(found.values))
    return replace(told, low=low, high=high, p=sampled.p(), detectable=least)


def detectable(error: float, count: int) -> float:
    """The smallest true difference that this many prompts show four times in five; `error` is the
    standard error of the difference (Cohen 1988)."""
    return (student(1 - (1 - LEVEL) / 2, count - 1) + _NORMAL.inv_cdf(POWER)) * error


def holm(ps: Sequence[float]) -> list[float]:
    """Each p as it counts among several (Holm 1979): the smallest times their number, the next
    times one less, and so on, none smaller than the one before."""
    found = [1.0] * len(ps)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=lambda place: ps[place])):
        highest = max(highest, min(1.0, ps[place] * (len(ps) - rank)))
        found[place] = highest
    return found


def sign_test(wins: int, losses: int) -> float:
    """Two-sided p of a fair coin giving wins and losses at least this uneven; ties do not count."""
    return min(1.0, 2 * _at_least(max(wins, losses), wins + losses, 0.5))


def exact_share(some: int, whole: int) -> tuple[float, float]:
    """Low and high of a share by Clopper and Pearson (1934): they leave one half out where
    `sign_test` is below 0.05."""

    def where(least: int, wanted: float) -> float:
        """The share with which so many, or more, are as likely as that; by halving."""
        low, high = 0.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2
            rare = _at_least(least, whole, middle) < wanted
            low, high = (middle, high) if rare else (low, middle)
        return (low + high) / 2

    beyond = (1 - LEVEL) / 2
    low = where(some, beyond) if some else 0.0
    high = where(some + 1, 1 - beyond) if some < whole else 1.0
    return low, high


def _at_least(least: int, whole: int, share: float) -> float:
    """How likely so many or more of `whole` throws win that win with this share."""
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, whole + 1)))])
    wins = np.arange(least, whole + 1)
    ways = factorials[whole] - factorials[wins] - factorials[whole - wins]
    logs = ways + wins * math.log(share) + (whole - wins) * math.log1p(-share)
    return float(np.exp(logs).sum())


def bootstrap(values: Values, seed: int = 0) -> tuple[float, float]:
    """Low and high of the mean's interval; values must be sorted, two or more.

    Sorting makes the interval independent of the order of prompts. Equal values give that value.
    """
    found = _resampled(values, seed)
    mean = float(np.mean(values))
    return (mean, mean) if found is None else found.ends()


def _resampled(values: Values, seed: int) -> Resampled | None:
    """None where all values are one."""
    mean = float(np.mean(values))
    apart = values - mean
    if float(np.sum(apart**2)) <= len(values) * TIE**2:
        return None
    parts = [values[places].mean(axis=1) for places in draws(len(values), _DRAWS, seed)]
    return resampled(np.concatenate(parts), mean, apart)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's score interval for a share of `count` (Wilson 1927)."""
    z = _NORMAL.inv_cdf(1 - (1 - LEVEL) / 2)
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    reach /= 1 + z * z / count
    low, high = middle - reach, middle + reach
    return 0.0 if share == 0 else low, 1.0 if share == 1 else high
