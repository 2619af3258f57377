"""Batches under way: read in parts, put together, and thinned out, without a number changing."""

from __future__ import annotations

import pytest


def answers(base, rows, steps=6, read_at_once=None, leave=()):
    """Logits after the prompts and after each of some tokens; `leave` go after the third."""
    import torch

    from jobs.evaluation import streams

    with pytest.MonkeyPatch.context() as patch, torch.inference_mode():
        if read_at_once:
            patch.setitem(streams.READ_AT_ONCE, "cpu", read_at_once)
        parts = streams.in_parts(base, rows)
        opened = [streams.stream(base, [rows[p] for p in part], steps, 0) for part in parts]
        first = [one.read() for one in opened]
        at = {p: first[n][row] for n, part in enumerate(parts) for row, p in enumerate(part)}
        found = [torch.stack([at[place] for place in range(len(rows))])]
        under_way = streams.together(opened, parts)
        alive = list(range(len(rows)))
        for step in range(steps):
            if step == 3 and leave:
                staying = [place for place in alive if place not in leave]
                under_way.keep([alive.index(place) for place in staying])
                alive = staying
            found.append(under_way.step(torch.tensor([12 + step + place for place in alive])))
        return found, parts, under_way


def test_prompts_read_in_parts_give_what_they_give_at_once(zoo, prompts, rows_of):
    import torch

    variants = [zoo.variant("base"), zoo.variant("lora-1", seed=1), zoo.variant("soft-1", seed=2)]
    base = zoo.loaded(*variants)
    rows = [row for v in variants for row in rows_of(base, v.name, prompts)]
    whole, one_part, _ = answers(base, rows, read_at_once=100_000)
    found, parts, _ = answers(base, rows, read_at_once=64)
    assert len(one_part) == 1
    assert sorted(place for part in parts for place in part) == list(range(len(rows)))
    assert (len(parts) > 5) is not base.encoder_decoder  # those are read at once
    for ours, wanted in zip(found, whole, strict=True):
        torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=1e-3)


def test_a_part_holds_as_many_tokens_as_may_be_read_at_once(llama, prompts, rows_of):
    base = llama.loaded(llama.variant("base"))
    rows = rows_of(base, "base", [*prompts, list(range(12, 62)) * 3])
    _, parts, _ = answers(base, rows, steps=1, read_at_once=80)
    sizes = [(len(part), max(rows[place].length for place in part)) for part in parts]
    assert sizes[0] == (1, 150)  # too long for any part, and read all the same
    assert all(count * longest <= 80 for count, longest in sizes[1:])


def test_rows_that_leave_change_nothing_for_those_that_stay(zoo, prompts, rows_of):
    import torch

    variants = [zoo.variant("base"), zoo.variant("lora-1", seed=1), zoo.variant("soft-1", seed=2)]
    base = zoo.loaded(*variants)
    rows = [row for v in variants for row in rows_of(base, v.name, prompts)]
    whole, _, _ = answers(base, rows)
    leave = {0, 5, 6, 7, 20, 35}
    found, _, _ = answers(base, rows, leave=leave)
    staying = [place for place in range(len(rows)) if place not in leave]
    for step, (ours, wanted) in enumerate(zip(found, whole, strict=True)):
        wanted = wanted[staying] if step > 3 else wanted
        torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=1e-3)


def test_columns_that_only_rows_that_left_had_filled_are_let_go_of(llama, rows_of):
    base = llama.loaded(llama.variant("base"))
    rows = rows_of(base, "base", [[20] * 100, [21] * 5, [22] * 7])
    found, _, under_way = answers(base, rows, leave={0})
    assert under_way._cache.get_seq_length() == 7 + 6
    alone, _, _ = answers(base, rows[1:])
    assert len(found[-1]) == len(alone[-1]) == 2


@pytest.mark.parametrize("widths", [(3, 5), (5, 3), (4, 4)])
def test_what_is_left_of_a_shorter_row_is_a_number(widths):
    """Masked places are weighted with 0, and 0 times what memory happened to hold may be none."""
    import torch

    from jobs.evaluation.cache import RoomyLayer

    layers = []
    for width in widths:
        layer = RoomyLayer(8)
        layer.update(torch.full((2, 1, width, 2), 1.0), torch.full((2, 1, width, 2), 2.0))
        layers.append(layer)
    torch.full((64, 64), torch.nan)  # what an empty tensor may find in its place
    joined = RoomyLayer(9)
    joined.take(layers, [(1, 1), (0, 0), (0, 1)], unused=0)
    assert joined.get_seq_length() == max(widths)
    for row, width in zip(range(3), (widths[1], widths[0], widths[0]), strict=True):
        spare = max(widths) - width
        assert torch.equal(joined.keys[row, 0, :spare], torch.zeros(spare, 2))
        assert torch.equal(joined.values[row, 0, spare:], torch.full((width, 2), 2.0))
    joined.update(torch.full((3, 1, 1, 2), 7.0), torch.full((3, 1, 1, 2), 8.0))
    assert torch.equal(joined.keys[:, :, -1], torch.full((3, 1, 2), 7.0))


@pytest.mark.parametrize("zoo", ["t5"], indirect=True)
def test_an_encoder_reads_its_rows_from_the_first_place(zoo, prompts, rows_of):
    """Trap 18: as in training, for models to whom places matter more than to this one."""
    from jobs.evaluation.streams import stream

    base = zoo.loaded(zoo.variant("soft-1"))
    seen = []
    base.model.get_encoder().register_forward_pre_hook(
        lambda _, args, given: seen.append(given["attention_mask"]), with_kwargs=True
    )
    stream(base, rows_of(base, "soft-1", prompts), 1, 0).read()
    lengths = [5 + len(ids) for ids in prompts]
    assert seen[0].tolist() == [[1] * n + [0] * (max(lengths) - n) for n in lengths]
