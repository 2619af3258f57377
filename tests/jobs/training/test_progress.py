from __future__ import annotations

import pytest

from jobs.training.progress import RECENT, Pace, Progress


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


def test_the_time_left_is_that_of_the_last_steps() -> None:
    """What made the steps before them slow may be over."""
    pace = Pace(check=2.0)
    for _ in range(100):
        pace.add(50, 5.0)
    assert pace.left(500, 3) == pytest.approx(56.0)
    for _ in range(RECENT):
        pace.add(50, 0.5)
    assert pace.left(500, 3) == pytest.approx(11.0)


def test_a_step_that_waited_hardly_counts() -> None:
    """The computer slept, or the disk was busy."""
    pace = Pace()
    for seconds in (1.0, 1.0, 120.0, 1.0):
        pace.add(10, seconds)
    assert pace.left(40, 0) == pytest.approx(6.0)


def test_long_and_short_batches_are_weighed_by_their_tokens() -> None:
    pace = Pace()
    pace.add(300, 2.0)
    pace.add(100, 1.0)
    assert pace.left(4000, 0) == pytest.approx(30.0)
    assert Pace().left(10, 1) is None
    assert Pace(probe=0.5).left(10, 1) == 5.0
    assert Pace(probe=0.5, check=2.0).left(10, 3) == 11.0
