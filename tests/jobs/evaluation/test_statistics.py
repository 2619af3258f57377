"""Intervals and tests: right in simple cases, the same for any order of prompts."""

from __future__ import annotations

import random

import numpy as np
import pytest

from jobs.evaluation.statistics import bootstrap, difference, holm, interval, sign_test


def scores(count, seed, shift=0.0):
    draw = random.Random(seed)
    return [min(1.0, max(0.0, draw.gauss(0.5 + shift, 0.15))) for _ in range(count)]


def test_a_difference_counts_pairs():
    found = difference([0.5, 0.2, 0.9, None, 0.3], [0.1, 0.2, 1.0, 0.5, None], a="x", b="y")
    assert (found.a, found.b, found.wins, found.ties, found.losses) == ("x", "y", 1, 1, 1)
    assert found.delta == pytest.approx(0.1)
    assert found.a_mean == pytest.approx((0.5 + 0.2 + 0.9) / 3)
    assert found.b_mean == pytest.approx((0.1 + 0.2 + 1.0) / 3)


def test_a_change_is_noticed_from_a_twentieth_on():
    found = difference([0.55, 0.5, 0.549, 0.2, 1.0], [0.5, 0.55, 0.5, 0.2, 0.0])
    assert (found.wins, found.ties, found.losses) == (3, 1, 1)
    assert found.noticed == 3


def test_the_order_of_prompts_does_not_matter_and_the_seed_does():
    a, b = scores(80, 1, 0.1), scores(80, 2)
    pairs = list(zip(a, b, strict=True))
    random.Random(3).shuffle(pairs)
    first = difference(a, b, seed=4)
    assert difference(*map(list, zip(*pairs, strict=True)), seed=4) == first
    assert difference(a, b, seed=4) == first
    other = difference(a, b, seed=5)
    assert (other.low, other.high) != (first.low, first.high)
    assert interval(a, 1) == interval(sorted(a), 1)


def test_pairs_are_kept_together():
    """Prompts differ far more than variants do; unpaired, the interval would hold 0."""
    hard = scores(60, 1)
    draw = random.Random(2)
    found = difference([x + 0.02 + draw.gauss(0, 0.02) for x in hard], hard)
    assert found.low is not None
    assert found.low > 0
    assert found.high - found.low < 0.02


def test_turned_round_a_difference_is_its_negative():
    a, b = scores(50, 1, 0.1), scores(50, 2)
    there, back = difference(a, b), difference(b, a)
    assert there.delta == pytest.approx(-back.delta)
    assert there.low == pytest.approx(-back.high, abs=0.005)
    assert (there.wins, there.losses) == (back.losses, back.wins)


def test_equal_scores_computed_in_another_order_are_ties():
    found = difference([0.1 + 0.2] * 40, [0.3] * 40)
    assert (found.ties, found.delta, found.low, found.high) == (40, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(("values", "count"), [([], 0), ([None], 0), ([0.5], 1), ([0.5, None], 1)])
def test_with_fewer_than_two_values_there_is_no_interval(values, count):
    found = interval(values)
    assert (found.low, found.high, found.count) == (None, None, count)
    assert difference(values, values).low is None


def test_a_share_of_all_or_nothing_keeps_its_doubt():
    """Wilson: 0 of 20 may well be 10 of 100."""
    none, all_ = interval([0.0] * 20), interval([1.0] * 20)
    assert (none.low, none.high) == (0.0, pytest.approx(0.161, abs=0.001))
    assert (all_.low, all_.high) == (pytest.approx(0.839, abs=0.001), 1.0)
    half = interval([0.0, 1.0] * 50)
    assert (half.low, half.high) == (
        pytest.approx(0.404, abs=0.001),
        pytest.approx(0.596, abs=0.001),
    )
    ratio = interval([1.0] * 20, bounded=False)
    assert (ratio.low, ratio.high) == (1.0, 1.0)


def test_a_near_normal_interval_is_students():
    values = np.sort(np.random.default_rng(1).normal(0.1, 0.2, 60))
    low, high = bootstrap(values)
    reach = 2.001 * values.std(ddof=1) / np.sqrt(60)
    assert low == pytest.approx(values.mean() - reach, abs=0.004)
    assert high == pytest.approx(values.mean() + reach, abs=0.004)


@pytest.mark.parametrize("count", [2, 3, 5, 9])
def test_few_and_odd_values_give_numbers(count):
    values = np.sort(np.array([0.0] * (count - 1) + [1.0]))
    low, high = bootstrap(values)
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (10, 2, 0.03857421875), (5, 5, 1.0)],
)
def test_the_sign_test_is_the_exact_binomial_one(wins, losses, p):
    assert sign_test(wins, losses) == pytest.approx(p)
    assert sign_test(losses, wins) == pytest.approx(p)


def test_the_sign_test_does_not_mind_large_numbers():
    assert sign_test(26_000, 24_000) < 1e-15
    assert sign_test(25_010, 24_990) > 0.9


def test_p_and_the_interval_say_the_same():
    """Below 0.05 the interval leaves 0 out; where gains are near normal it is t's p."""
    from scipy.stats import ttest_1samp

    draw = np.random.default_rng(3)
    for _ in range(40):
        gains = draw.normal(0.04, 0.15, 60)
        found = difference(gains.tolist(), [0.0] * 60)
        if abs(found.p - 0.05) > 0.005:
            assert (found.p < 0.05) is (found.low > 0 or found.high < 0)
        if found.p > 0.001:
            assert found.p == pytest.approx(ttest_1samp(gains, 0).pvalue, abs=0.04)


def test_where_all_gain_the_same_nobody_knows_what_could_have_been_seen():
    assert difference([0.5] * 60, [0.5] * 60).detectable is None
    assert difference([0.9] * 60, [0.5] * 60).detectable is None


def test_an_interval_that_ends_at_0_is_not_below_a_twentieth():
    found = difference([1.0] * 8 + [0.0] * 43, [0.0] * 8 + [1.0] * 2 + [0.0] * 41)
    assert (found.wins, found.losses, found.low) == (8, 2, 0.0)
    assert found.p >= 0.05


def test_p_of_no_difference_and_of_a_sure_one():
    assert difference([0.5] * 60, [0.5] * 60).p == 1.0
    assert difference([0.5] * 60, [0.0] * 60).p == sign_test(60, 0)
    assert difference([0.5] * 2, [0.0] * 2).p == 0.5, "two coins of a side"
    assert difference(scores(60, 1, 0.4), scores(60, 2)).p < 0.001


@pytest.mark.parametrize("misses", [[0.9], [0.23], [0.2, 0.6], [0.0, 0.1, 0.5]], ids=len)
@pytest.mark.parametrize("prompts", [50, 120, 1000])
def test_a_few_misses_make_nothing_less_sure_that_all_others_gained(misses, prompts):
    """One far value makes a distribution skew; no resample comes near 0 all the same."""
    right = [1.0] * (prompts - len(misses)) + misses
    assert difference(right, [0.0] * prompts).p < 0.001
    assert difference([0.0] * prompts, right).p < 0.001


@pytest.mark.parametrize("count", [5, 8, 20])
def test_where_no_resample_reaches_0_p_is_that_of_a_t_test(count):
    """Few prompts stay few: what 10,000 resamples of them never showed is not thereby sure."""
    from scipy.stats import ttest_1samp

    draw = np.random.default_rng(count)
    gains = draw.normal(0.12, 0.05, count)
    assert gains.min() > 0
    found = difference(gains.tolist(), [0.0] * count)
    assert 1 / 3 < found.p / max(ttest_1samp(gains, 0).pvalue, 1e-4) < 3


def test_holm_is_the_step_down_correction():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([0.02]) == [0.02]


def test_the_smallest_difference_that_could_be_shown_is_shown_four_times_in_five():
    draw = np.random.default_rng(5)
    least = difference(draw.normal(0, 0.2, 400).tolist(), [0.0] * 400).detectable
    assert least == pytest.approx(2.81 * 0.2 / 20, rel=0.1)
    shown = [
        difference(draw.normal(2.81 * 0.2 / 10, 0.2, 100).tolist(), [0.0] * 100).low > 0
        for _ in range(120)
    ]
    assert 0.7 < np.mean(shown) < 0.9
