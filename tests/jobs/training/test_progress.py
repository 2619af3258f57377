from __future__ import annotations

import pytest

from jobs.training.progress import Progress


def after(losses: list[float], trained: list[float]) -> Progress:
    """A run whose validation and training losses went like this, a check every ten steps."""
    progress = Progress()
    for number, (loss, training) in enumerate(zip(losses, trained, strict=True), 1):
        progress.step = 10 * number
        progress.add(training * 100, 100)
        progress.look(loss)
    return progress


@pytest.mark.parametrize(
    ("losses", "rising"),
    [
        ([1.0, 0.8, 0.9, 0.95], True),
        ([1.0, 0.8, 0.9, 0.79], False),
        ([1.0, 0.8, 0.804, 0.807], False),  # less than a hundredth
        ([0.5, 0.001, 0.002, 0.003], False),  # more than a hundredth of next to nothing
    ],
)
def test_learning_by_heart_is_a_clear_rise(losses: list[float], rising: bool) -> None:
    assert after(losses, [4.0, 3.0, 2.0, 1.0]).rising() is rising


def test_a_rise_of_both_losses_is_something_else() -> None:
    assert not after([1.0, 0.8, 0.9, 0.95], [1.0, 2.0, 3.0, 4.0]).rising()
