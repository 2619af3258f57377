"""Every row once an epoch, like lengths together, the same plan for the same seed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobs.training.batches import (
    MULTIPLE,
    Collator,
    by_tokens,
    padded,
    split,
    steps_per_epoch,
    total_steps,
    windows,
)
from jobs.training.encode import Encoded

LENGTHS = [(i * 37) % 197 + 4 for i in range(203)]


@given(
    rows=st.integers(1, 60), batch=st.integers(1, 9), times=st.integers(1, 5), seed=st.integers()
)
def test_every_row_comes_once(rows: int, batch: int, times: int, seed: int) -> None:
    plan = windows(LENGTHS[:rows], batch, times, seed, 0)
    assert sorted(i for window in plan for b in window for i in b) == list(range(rows))
    assert len(plan) == steps_per_epoch(rows, batch, times)
    assert all(len(b) <= batch for window in plan for b in window)
    assert all(len(window) <= times for window in plan)


def test_the_plan_depends_on_seed_and_epoch_alone() -> None:
    assert windows(LENGTHS, 8, 2, 1, 4) == windows(LENGTHS, 8, 2, 1, 4)
    assert windows(LENGTHS, 8, 2, 1, 4) != windows(LENGTHS, 8, 2, 1, 5)
    assert windows(LENGTHS, 8, 2, 1, 4) != windows(LENGTHS, 8, 2, 2, 4)


def test_hardly_a_token_is_padding_and_batches_change() -> None:
    one, two = (windows(LENGTHS, 8, 1, 0, epoch) for epoch in (0, 1))
    read = sum(len(b) * max(padded(LENGTHS[i]) for i in b) for w in one for b in w)
    assert read < 1.15 * sum(LENGTHS)
    shuffled = [w[0][0] for w in one]
    assert shuffled != sorted(shuffled, key=lambda i: LENGTHS[i])
    assert {frozenset(w[0]) for w in one} != {frozenset(w[0]) for w in two}


def test_steps_of_a_run() -> None:
    assert total_steps(700, 16, 1, 3.0) == 132
    assert total_steps(700, 16, 4, 3.0) == 33
    assert total_steps(700, 16, 1, 0.5) == 22
    assert total_steps(1, 16, 4, 0.01) == 1


def test_lengths_are_whole_tiles_with_the_soft_prompt() -> None:
    for length in (1, 15, 16, 17):
        for virtual in (0, 5, 20):
            assert (padded(length, virtual) + virtual) % MULTIPLE == 0
            assert 0 <= padded(length, virtual) - length < MULTIPLE


def test_pieces_and_validation_batches() -> None:
    assert [list(p) for p in split([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    batches = by_tokens(LENGTHS, 512)
    assert sorted(i for b in batches for i in b) == list(range(len(LENGTHS)))
    assert all(len(b) * padded(max(LENGTHS[i] for i in b)) <= 512 for b in batches)
    assert by_tokens([600, 700], 512) == [[0], [1]]


def test_labels_are_looked_for_one_place_before_they_stand() -> None:
    row = Encoded((1, 5, 6), (7, 8, 2), 1)
    batch = Collator(0, "cpu")([row, Encoded((1,), (9, 2), 2)])
    assert batch.input_ids[0].tolist()[:5] == [1, 5, 6, 7, 8]
    assert batch.input_ids.shape == (2, 16)
    assert batch.columns.tolist() == [2, 3, 4, 0, 1]
    assert batch.rows.tolist() == [0, 0, 0, 1, 1]
    assert batch.targets.tolist() == [7, 8, 2, 9, 2]


def test_padding_is_masked_by_its_place_and_not_by_its_id() -> None:
    """Trap 1: the model pads with its end token, which prompts hold as well."""
    rows = [Encoded((1, 2, 5, 2), (7, 2), 1), Encoded((2, 1), (2,), 2)]
    pairs = Collator(2, "cpu", decoder_start=0)(rows).attention_mask
    causal = Collator(2, "cpu", masked=True)(rows).attention_mask
    assert pairs is not None
    assert causal is not None
    assert pairs.tolist() == [[1] * n + [0] * (16 - n) for n in (4, 2)]
    assert causal.tolist() == [[1] * n + [0] * (16 - n) for n in (5, 2)]


def test_labels_stand_behind_the_prompt_though_it_holds_the_same_tokens() -> None:
    """Trap 4: where a completion begins is counted and never searched."""
    batch = Collator(0, "cpu")([Encoded((7, 8, 7, 8), (7, 8, 2), 1), Encoded((9, 9), (9, 2), 2)])
    assert batch.columns.tolist() == [3, 4, 5, 1, 2]
    assert batch.targets.tolist() == [7, 8, 2, 9, 2]


def test_padding_stays_within_the_models_positions() -> None:
    row = Encoded(tuple(range(15)), (7, 8, 2), 1)
    assert Collator(0, "cpu", limit=20)([row]).input_ids.shape == (1, 20)
    assert Collator(0, "cpu", virtual_tokens=4, limit=22)([row]).input_ids.shape == (1, 18)


def test_a_decoder_begins_with_its_own_token() -> None:
    batch = Collator(0, "cpu", decoder_start=0)([Encoded((5, 6, 1), (7, 8, 1), 1)])
    assert batch.decoder_input_ids is not None
    assert batch.decoder_input_ids[0].tolist()[:4] == [0, 7, 8, 0]
    assert batch.columns.tolist() == [0, 1, 2]
    assert batch.width == 16
