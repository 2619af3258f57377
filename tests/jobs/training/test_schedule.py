"""The learning rate's course, when to validate, and what is said of a run's course."""

from __future__ import annotations

import itertools

import pytest

from jobs.training.progress import Pace, Progress
from jobs.training.schedule import checks, learning_rate, validation_rows


@pytest.mark.parametrize("name", ["linear", "cosine", "constant"])
@pytest.mark.parametrize("steps", [1, 2, 7, 100])
@pytest.mark.parametrize("warmup", [0.0, 0.1, 0.9])
def test_rates_rise_then_fall_and_are_never_zero(name: str, steps: int, warmup: float) -> None:
    rates = [learning_rate(s, steps, 0.5, warmup, name) for s in range(1, steps + 1)]
    top = rates.index(max(rates))
    assert all(0 < r <= 0.5 for r in rates)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


@pytest.mark.parametrize("steps", [1, 2, 3, 8, 9, 100, 1001])
def test_checks_are_even_and_end_with_the_last_step(steps: int) -> None:
    found = sorted(checks(steps))
    assert found[-1] == steps
    assert len(found) == min(8, steps)
    assert found[0] >= 1
    gaps = [b - a for a, b in itertools.pairwise(found)]
    assert not gaps or max(gaps) - min(gaps) <= 1


def test_validation_never_takes_most_of_the_time() -> None:
    assert validation_rows(80, 132, 16) == 80
    assert validation_rows(5000, 132, 16) == 132
    assert validation_rows(5000, 10, 8) == 64
    assert validation_rows(0, 10, 8) == 0


def course(losses: list[float], training: list[float]) -> Progress:
    progress = Progress()
    for step, (loss, train) in enumerate(zip(losses, training, strict=True)):
        progress.step = step
        progress.add(train, 1)
        progress.look(loss)
    return progress


def test_rising_validation_is_told_from_noise() -> None:
    falling = [5.0, 4, 3, 2, 1]
    assert course([9, 2, 1, 1.1, 1.2], falling).rising()
    assert not course([9, 2, 1, 1.005, 1.2], falling).rising()
    assert not course([9, 2, 1, 1.1, 0.9], falling).rising()
    assert not course([9, 2, 1, 1.1, 1.2], falling[::-1]).rising()


def test_the_untuned_models_loss_is_never_the_best() -> None:
    progress = course([1, 3, 2, 4], [4.0, 3, 2, 1])
    assert progress.best_step == 2
    assert progress.best_loss == 2
    assert progress.since_best() == [4]


def test_time_left_counts_tokens_and_checks() -> None:
    pace = Pace(check=3.0)
    assert pace.left(100, 2) is None
    pace.add(50, 2.0)
    assert pace.left(100, 2) == 10
