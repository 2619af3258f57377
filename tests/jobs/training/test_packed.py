"""Rows without their padding give what padded rows give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs.training import compiled, loop
from jobs.training.encode import Encoded
from jobs.training.packed import packed, padded
from jobs.training.setup import set_up
from jobs.training.sizes import like_others

needed = pytest.mark.skipif(not compiled.built(), reason="not built here: pip install -e .")


def outcome(training: Any, is_packed: bool) -> tuple[float, list[Any]]:
    """Loss and gradients of a batch of rows of unequal lengths."""
    keep = training.loss.packed
    training.loss.packed = keep if is_packed else None
    loss, _ = loop.gradients(training, [list(range(9))])
    grads = [master.grad.clone() for master in training.weights.masters]
    training.weights.clear()
    training.loss.packed = keep
    return loss, grads


@needed
@pytest.mark.parametrize("architecture", ["llama", "qwen2"])
def test_loss_and_gradients_equal_those_of_padded_rows(
    make_plan: Any, reporter: Any, architecture: str
) -> None:
    import torch

    training = set_up(make_plan("lora", architecture), reporter)
    with torch.no_grad():
        for master in training.weights.masters:
            master += 0.02  # or the gradient of every A is zero
    training.weights.publish()
    assert training.loss.packed is not None
    mine, theirs = outcome(training, True), outcome(training, False)
    assert mine[0] == pytest.approx(theirs[0], rel=1e-5)
    assert all(grad.abs().sum() > 0 for grad in mine[1])
    for one, other in zip(mine[1], theirs[1], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)


@needed
def test_layers_read_no_padding(make_plan: Any, reporter: Any) -> None:
    training = set_up(make_plan("lora"), reporter)
    seen: list[int] = []
    layers = training.loss.packed.layers
    for at, there in enumerate(list(layers)):

        def count(x: Any, *others: Any, there: Any = there) -> Any:
            seen.append(len(x))
            return there(x, *others)

        layers[at] = count
    rows = sorted(training.rows, key=lambda row: row.length)
    batch = training.collate([*rows[:3], rows[-1]])
    tokens = sum(row.length for row in [*rows[:3], rows[-1]])
    training.loss(batch)
    assert seen == [like_others(tokens)] * 2
    assert seen[0] < batch.input_ids.numel()


def test_every_token_before_the_last_label_is_there_at_its_place(
    make_plan: Any, reporter: Any
) -> None:
    import torch

    training = set_up(make_plan("lora"), reporter)
    rows = [training.rows[0], replace(training.rows[1], completion_ids=(5,)), training.rows[2]]
    batch = training.collate(rows)
    layout, whole = packed(batch), padded(batch)
    places = layout.spread.places
    assert places is not None
    own = [
        row * batch.width + place
        for row, kept in enumerate(rows)
        for place in range(kept.length)
    ]  # fmt: skip
    assert places[places >= 0].tolist() == own
    assert len(places) == len(layout.ids) == like_others(len(own))
    assert torch.equal(layout.ids[: len(own)], whole.ids[own])
    assert torch.equal(layout.ids[layout.labels], whole.ids[whole.labels])
    assert torch.equal(places[layout.labels].long(), whole.labels)


def test_a_token_with_the_paddings_id_is_no_padding(make_plan: Any, reporter: Any) -> None:
    """Trap 1: what is left out is told by its place; prompts may hold the token that pads."""
    training = set_up(make_plan("lora"), reporter)
    pad = training.collate.pad_id
    rows = [Encoded((1, pad, 7, pad), (8, 9, 2), 1), Encoded((pad, 5), (6, pad, 2), 2)]
    layout = packed(training.collate(rows))
    read = [*rows[0].prompt_ids, 8, 9, *rows[1].prompt_ids, 6, pad]
    assert layout.ids[: len(read)].tolist() == read
    places = layout.spread.places
    assert places is not None
    assert places[places >= 0].tolist() == [*range(6), *range(16, 20)]


@needed
@pytest.mark.parametrize("architecture", ["gpt2", "gemma", "t5"])
def test_other_models_read_padded_rows(make_plan: Any, reporter: Any, architecture: str) -> None:
    assert set_up(make_plan("lora", architecture), reporter).loss.packed is None


@needed
def test_long_rows_and_masked_ones_go_the_usual_way(make_plan: Any, reporter: Any) -> None:
    import torch

    training = set_up(make_plan("lora"), reporter)
    short, stack = training.rows[0], training.loss.packed
    long = replace(short, prompt_ids=tuple(short.prompt_ids[:1]) * (stack.longest + 1))
    batch = training.collate([short])
    assert stack.serves(batch)
    assert not stack.serves(training.collate([short, long]))
    assert not stack.serves(replace(batch, attention_mask=torch.ones_like(batch.input_ids)))
