"""Rows without their padding give what padded rows give."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from jobs.training import compiled, loop
from jobs.training.encode import Encoded
from jobs.training.packed import packed, unpacked
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


def look_back(plan: Any, places: int) -> Any:
    """The plan with a model whose layers see so many places, their own counted."""
    path = plan.info.path / "config.json"
    told = json.loads(path.read_text())
    told |= {"use_sliding_window": True, "sliding_window": places, "max_window_layers": 0}
    told["layer_types"] = ["sliding_attention"] * told["num_hidden_layers"]
    path.write_text(json.dumps(told))
    return plan


@pytest.mark.parametrize("name", ["lora", "prompt-tuning"])
def test_layers_that_look_back_a_little_way_alone_read_long_rows_themselves(
    make_plan: Any, reporter: Any, name: str
) -> None:
    """Their own way has a mask for it, which the way without padding has not."""
    import torch

    training = set_up(look_back(make_plan(name, "qwen2"), 12), reporter)
    batch = training.collate(training.rows[:4])
    assert batch.width > 12
    with torch.no_grad():
        mine = float(training.loss(batch))
        training.loss.packed = training.loss.shared = None
        theirs = float(training.loss(batch))
    assert mine == pytest.approx(theirs, rel=1e-5)


def test_a_shared_prompt_is_served_where_such_layers_see_it_whole(
    make_plan: Any, reporter: Any
) -> None:
    """The last place of the longest row looks back over the prompt as well."""
    virtual = make_plan("prompt-tuning").virtual_tokens
    assert virtual > 1
    rows = set_up(make_plan("prompt-tuning", "qwen2"), reporter)
    width = rows.collate(rows.rows[:4]).width
    for places, expected in ((width + virtual - 1, False), (width + virtual, True)):
        training = set_up(look_back(make_plan("prompt-tuning", "qwen2"), places), reporter)
        assert training.loss.shared is not None
        assert training.loss.shared.serves(training.collate(training.rows[:4])) is expected


def test_rows_that_such_layers_see_whole_are_served(make_plan: Any, reporter: Any) -> None:
    """A soft prompt before them counts."""
    plain = set_up(make_plan("lora", "qwen2"), reporter)
    batch = plain.collate(plain.rows[:4])
    assert plain.loss.packed is not None
    assert plain.loss.packed.serves(batch, virtual=100)
    for places, virtual, expected in ((0, 0, True), (0, 1, False), (-1, 0, False), (5, 5, True)):
        plan = look_back(make_plan("lora", "qwen2"), batch.width + places)
        packed = set_up(plan, reporter).loss.packed
        assert packed is not None
        assert packed.serves(batch, virtual) is expected


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
    layout, whole = packed(batch), unpacked(batch)
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
