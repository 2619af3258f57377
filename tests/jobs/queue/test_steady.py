"""The time left of pieces that take alike."""

from __future__ import annotations

import pytest

from jobs.queue.steady import Steady


@pytest.mark.parametrize(
    ("already", "done", "total", "seconds", "left"),
    [
        (0, 0, 0, 5.0, None),
        (0, 0, 40, 5.0, None),
        (0, 3, 40, 5.0, None),  # too few to go by
        (0, 4, 40, 5.0, 45.0),
        (0, 30, 40, 60.0, 20.0),
        (0, 40, 40, 60.0, 0.0),
        (30, 30, 40, 5.0, None),
        (30, 35, 40, 5.0, 5.0),  # what was there before took no time
        (40, 40, 40, 5.0, None),
    ],
)
def test_what_is_left_takes_as_long_as_what_is_done(
    already: int, done: int, total: int, seconds: float, left: float | None
) -> None:
    clock = iter([100.0, 100.0 + seconds])
    assert Steady(already, lambda: next(clock)).left(done, total) == left
