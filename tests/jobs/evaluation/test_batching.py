"""Rows of like length together, as many as fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobs.evaluation.batching import Row, batches, closed_up

ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 300), st.integers(0, 20)), max_size=60
).map(lambda items: [Row(v, i, tuple(range(n)), soft) for i, (v, n, soft) in enumerate(items)])


@given(ROWS, st.integers(1, 100), st.integers(1, 5000), st.integers(1, 16))
def test_every_row_is_in_one_batch_that_fits(rows, new_tokens, budget, most):
    found = batches(rows, new_tokens, budget, most)
    assert sorted(r.index for batch in found for r in batch) == sorted(r.index for r in rows)
    longest = [max(r.length for r in batch) for batch in found]
    assert longest == sorted(longest, reverse=True)
    for batch, length in zip(found, longest, strict=True):
        assert len(batch) <= most
        assert len(batch) == 1 or len(batch) * (length + new_tokens) <= budget
        assert [r.variant for r in batch] == sorted(r.variant for r in batch)


def test_rows_close_up_with_few_moves_and_groups_stay_together():
    groups = ["a"] * 5 + ["b"] * 4 + ["c"] * 3
    staying = [0, 2, 3, 4, 5, 7, 8, 10, 11]  # 1 of a, 6 of b and 9 of c leave
    order = closed_up(groups, staying)
    assert sorted(order) == staying
    assert [groups[place] for place in order] == ["a"] * 4 + ["b"] * 3 + ["c"] * 2
    assert order == [0, 4, 2, 3, 8, 5, 7, 11, 10]
    assert closed_up(groups, list(range(12))) == list(range(12))
    assert closed_up(groups, [11]) == [11]
    assert closed_up(groups, []) == []


def test_whoever_leaves_those_that_stay_are_all_there_by_group():
    import random

    draw = random.Random(0)
    for _ in range(300):
        groups = sorted(draw.choices("abcd", k=draw.randint(1, 40)))
        staying = sorted(draw.sample(range(len(groups)), draw.randint(0, len(groups))))
        order = closed_up(groups, staying)
        assert sorted(order) == staying
        assert [groups[p] for p in order] == sorted(groups[p] for p in staying)
        unmoved = sum(place == spot for spot, place in enumerate(order))
        starts = {g: sum(groups[p] < g for p in staying) for g in set(groups)}
        ends = {g: starts[g] + sum(groups[p] == g for p in staying) for g in set(groups)}
        assert unmoved == sum(starts[groups[p]] <= p < ends[groups[p]] for p in staying)
