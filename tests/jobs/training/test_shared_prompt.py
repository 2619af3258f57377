"""A soft prompt that is read once for a batch gives what one before every row gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs.training import attention, loop
from jobs.training.attention import LONGEST
from jobs.training.compiled import heads
from jobs.training.setup import set_up
from jobs.training.sizes import like_others


def outcome(training: Any, shared: bool) -> tuple[float, list[Any]]:
    """Loss and gradients of a batch of rows of unequal lengths."""
    keep = training.loss.shared
    assert keep is not None
    training.loss.shared = keep if shared else None
    loss, _ = loop.gradients(training, [list(range(9))])
    grads = [master.grad.clone() for master in training.weights.masters]
    training.weights.clear()
    training.loss.shared = keep
    return loss, grads


@pytest.mark.parametrize("name", ["prompt-tuning", "p-tuning"])
@pytest.mark.parametrize("architecture", ["llama", "qwen2"])
def test_loss_and_gradients_equal_those_of_one_before_every_row(
    make_plan: Any, reporter: Any, name: str, architecture: str
) -> None:
    import torch

    training = set_up(make_plan(name, architecture), reporter)
    mine, theirs = outcome(training, True), outcome(training, False)
    assert mine[0] == pytest.approx(theirs[0], rel=1e-5)
    assert any(grad.abs().sum() > 0 for grad in mine[1])
    for one, other in zip(mine[1], theirs[1], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)


def test_the_prompt_goes_through_the_layers_once(make_plan: Any, reporter: Any) -> None:
    training = set_up(make_plan("prompt-tuning"), reporter)
    seen: list[int] = []
    layers = training.loss.shared.stack.layers
    for at, there in enumerate(list(layers)):

        def count(x: Any, *others: Any, there: Any = there) -> Any:
            y = there(x, *others)
            seen.append(len(y))
            return y

        layers[at] = count
    batch = training.collate(training.rows[:5])
    training.loss(batch)
    read = sum(row.length for row in training.rows[:5])  # padding is left out, or is not
    assert seen in ([6 + tokens] * 2 for tokens in (5 * batch.width, like_others(read)))


@pytest.mark.parametrize("name", ["lora", "prefix-tuning"])
def test_methods_without_such_vectors_go_the_usual_way(
    make_plan: Any, reporter: Any, name: str
) -> None:
    assert set_up(make_plan(name), reporter).loss.shared is None


@pytest.mark.parametrize("architecture", ["gpt2", "gemma", "t5"])
def test_other_models_go_the_usual_way(make_plan: Any, reporter: Any, architecture: str) -> None:
    training = set_up(make_plan("prompt-tuning", architecture), reporter)
    assert training.loss.shared is None


def test_a_row_without_a_prompt_is_predicted_from_the_last_vector(
    make_plan: Any, reporter: Any
) -> None:
    """Its first label stands at place -1, before the tokens of its row."""
    import torch

    training = set_up(make_plan("prompt-tuning"), reporter)
    bare = [replace(row, prompt_ids=()) for row in training.rows[:2]]
    batch = training.collate([*bare, training.rows[2]])
    assert int(batch.columns.min()) == -1
    with torch.no_grad():
        mine = training.loss.shared.hidden(batch)
        training.loss.shared = None
        theirs = training.loss._hidden(batch)
    torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


@pytest.fixture
def small_reach(monkeypatch: pytest.MonkeyPatch) -> int:
    """Tokens; longer rows go the model's own way."""
    for module in (attention, heads):
        monkeypatch.setattr(module, "LONGEST", 100)
    return 100


def test_a_long_first_row_does_not_keep_the_others_from_it(
    make_plan: Any, reporter: Any, small_reach: int
) -> None:
    plan = make_plan("prompt-tuning", max_length=256, more={"validation": []})
    first = replace(plan.train[0], prompt="a long way " * 18)
    plan = replace(plan, train=[first, *plan.train[1:]])
    training = set_up(plan, reporter)
    assert training.rows[0].length > small_reach
    assert training.loss.shared is not None
    assert training.loss.shared.serves(training.collate(training.rows[1:5]))


def test_rows_as_long_as_short_ones_may_be_share_it_too(make_plan: Any, reporter: Any) -> None:
    """The virtual tokens do not count: with them the rows are longer than torch's kernel needs."""
    import torch

    training = set_up(make_plan("prompt-tuning"), reporter)
    short, shared = training.rows[0], training.loss.shared
    long = replace(short, prompt_ids=tuple(short.prompt_ids) * 40)
    prompt = LONGEST - len(long.completion_ids) - 8
    batch = training.collate([short, replace(long, prompt_ids=long.prompt_ids[:prompt])])
    assert LONGEST - shared.virtual <= batch.width <= LONGEST
    assert shared.serves(batch)
    with torch.no_grad():
        mine = shared.hidden(batch)
        training.loss.shared = None
        theirs = training.loss._hidden(batch)
    torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


def test_rows_too_long_for_it_take_the_usual_way(
    make_plan: Any, reporter: Any, small_reach: int
) -> None:
    training = set_up(make_plan("prompt-tuning"), reporter)
    short, shared = training.rows[0], training.loss.shared
    long = replace(short, prompt_ids=tuple(short.prompt_ids[:1]) * 2 * small_reach)
    assert shared.serves(training.collate([short]))
    assert not shared.serves(training.collate([short, long]))
    assert float(training.loss(training.collate([short, long])).detach()) > 0
