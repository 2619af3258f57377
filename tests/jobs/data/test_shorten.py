from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobs.data.shorten import shorten


def test_the_middle_goes() -> None:
    assert shorten(range(10), 5) == [0, 1, 7, 8, 9]
    assert shorten(range(3), 5) == [0, 1, 2]


@given(st.lists(st.integers(), min_size=1, max_size=50), st.integers(-2, 60))
def test_both_ends_stay(ids: list[int], room: int) -> None:
    short = shorten(ids, room)
    assert len(short) == min(len(ids), max(room, 1))
    assert short[-1] == ids[-1]
    if len(short) > 1:
        assert short[0] == ids[0]
