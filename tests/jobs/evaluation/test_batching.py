"""Rows of like length together, as many as fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobs.evaluation.batching import Row, batches

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
