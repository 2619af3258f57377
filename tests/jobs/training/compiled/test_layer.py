"""A layer by compiled passes against the model's own operations and PEFT's in float64."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from jobs.training import compiled
from jobs.training.compiled import heads
from jobs.training.compiled.told import TOLD, Pass

pytestmark = pytest.mark.skipif(not compiled.built(), reason="not built here: pip install -e .")


def test_they_are_built_where_there_is_a_compiler() -> None:
    if not os.environ.get("CI") or not shutil.which("cc"):
        pytest.skip("a checkout may do without")
    assert compiled.passes()


@pytest.mark.parametrize("number", list(Pass))
def test_both_sides_tell_passes_the_same(number: Pass) -> None:
    """A field on one side alone would be memory read and written in the wrong place."""
    opened = compiled.opened()
    opened.told_bytes.restype = ctypes.c_int64
    assert opened.told_bytes(int(number)) == ctypes.sizeof(TOLD[number])
    assert opened.told_bytes(len(Pass)) == opened.told_bytes(-1) == -1


def test_a_pass_that_could_not_be_taken_says_why() -> None:
    """Whoever has too little memory is told so, and nobody else."""
    import torch

    passes, scores = compiled.passes(), torch.ones(1)
    assert passes is not None
    far = TOLD[Pass.SOFTMAX](lines=1, length=1, keys=2**55)
    with pytest.raises(MemoryError, match="no room for the pass SOFTMAX"):
        passes.take(Pass.SOFTMAX, scores, far)
    nobodys = compiled.Passes(compiled.opened(), passes.team, 0)
    with pytest.raises(RuntimeError, match="no pass SOFTMAX of way 0"):
        nobodys.take(Pass.SOFTMAX, scores, TOLD[Pass.SOFTMAX]())
    assert torch.equal(scores, torch.ones(1))


@dataclass(frozen=True)
class Shape:
    """Sizes that are no multiple of what a pass takes at a time, each in another place."""

    hidden: int = 36
    inner: int = 300  # more than the columns that the gate takes at a time
    heads: int = 6
    shared: int = 2
    size: int = 6
    rank: int = 3
    rows: int = 3
    length: int = 7
    targets: Any = "all-linear"
    ranks: dict[str, int] = field(default_factory=dict)


SHAPES = {
    "odd": Shape(),
    "whole": Shape(64, 256, 4, 2, 16, rank=8, rows=4, length=16),
    "one row": Shape(rows=1, rank=1),
    "shortest": Shape(rows=2, length=2, rank=5),
    "long": Shape(32, 529, 2, 1, 16, rank=9, rows=2, length=97),
    "narrow": Shape(10, 14, 1, 1, 10, rank=2),
    "some": Shape(targets=["k_proj", "v_proj", "o_proj", "up_proj"], rank=4),
    "others": Shape(targets=["q_proj", "gate_proj", "down_proj"], rank=4),
    "ranks": Shape(rank=2, ranks={"v_proj": 5, "gate_proj": 6, "q_proj": 1}),
    "small": Shape(32, 64, 4, 2, 8, rank=4),
    "none": Shape(targets=[]),
}


def layer_of(shape: Shape, dtype: str) -> Any:
    """One decoder layer, adapted or not, with the same random weights at each call."""
    import torch
    import transformers as tf
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    config = tf.Qwen2Config(  # with biases
        hidden_size=shape.hidden, intermediate_size=shape.inner, num_hidden_layers=1,
        num_attention_heads=shape.heads, num_key_value_heads=shape.shared, head_dim=shape.size,
        vocab_size=20, pad_token_id=0,
    )  # fmt: skip
    model = tf.AutoModelForCausalLM.from_config(config)
    for name, parameter in model.named_parameters():
        torch.nn.init.normal_(parameter, 1.0 if "norm" in name else 0, 0.3)
    model.requires_grad_(False)
    if shape.targets:
        settings: Any = {"r": shape.rank, "rank_pattern": shape.ranks, "lora_alpha": 8}
        settings |= {"alpha_pattern": {n: 8 * r // shape.rank for n, r in shape.ranks.items()}}
        model = get_peft_model(model, LoraConfig(target_modules=shape.targets, **settings))
        for name, parameter in model.named_parameters():
            if "lora" in name:
                torch.nn.init.normal_(parameter, std=0.2)
    # As the engine reads them: rounded before they are compared.
    model = model.to(getattr(torch, dtype)).train()
    return (model.get_base_model() if shape.targets else model).model, model


def outcome(shape: Shape, dtype: str, like: str, take: Callable[..., Any]) -> dict[str, Any]:
    """What a layer gives and its gradients, for input and gradient that are cut from others."""
    import torch

    inner, whole = layer_of(shape, like)
    module = inner.layers[0]
    whole.to(getattr(torch, dtype))
    tokens = shape.rows * shape.length
    torch.manual_seed(3)
    x, weights = (
        torch.randn(shape.hidden, 2 * tokens)[:, ::2].to(getattr(torch, like)) for _ in range(2)
    )
    x = x.to(getattr(torch, dtype)).t().requires_grad_()
    places = torch.arange(shape.length)[None]
    turn = inner.rotary_emb(x, places)
    y = take(module, x, turn, shape)
    y.backward(weights.to(getattr(torch, dtype)).t())
    grads = {n: p.grad for n, p in module.named_parameters() if p.requires_grad}
    return {"y": y.detach(), "x": x.grad} | grads


def own(module: Any, x: Any, turn: Any, shape: Shape) -> Any:
    import torch

    rows = x.reshape(shape.rows, shape.length, -1)
    ahead = torch.full((shape.length, shape.length), -torch.inf, dtype=x.dtype).triu(1)
    y = module(rows, attention_mask=ahead[None, None], position_embeddings=turn)
    return y.reshape(x.shape)


def by_passes(way: int) -> Callable[..., Any]:
    def take(module: Any, x: Any, turn: Any, shape: Shape) -> Any:
        from jobs.training import decoder_layer, turning
        from jobs.training.heads import Spread

        layer = decoder_layer.Layer(module, turning.Turns())
        assert layer.compiled is not None
        assert way <= layer.compiled.passes.way
        layer.compiled.passes = compiled.Passes(compiled.opened(), layer.compiled.passes.team, way)
        _litter()
        return layer(x, *turn, Spread(shape.rows))

    return take


def _litter() -> None:
    """Leave what is no number where memory is asked for next: no pass may go by what it finds."""
    import torch

    kept = [torch.full((n,), torch.nan) for n in range(500, 60_000, 500) for _ in range(3)]
    del kept[::2]
    del kept


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize(("way", "threads"), [(1, 1), (2, 1), (2, 3)])
def test_it_gives_what_the_model_and_peft_give(
    name: str, dtype: str, way: int, threads: int
) -> None:
    import torch

    if way > compiled.passes().way:  # type: ignore[union-attr]
        pytest.skip("not on this processor")
    torch.set_num_threads(threads)
    exact = outcome(SHAPES[name], "float64", dtype, own)
    ways = by_passes(way), own
    found, theirs = (outcome(SHAPES[name], dtype, dtype, take) for take in ways)
    assert exact.keys() == found.keys()
    for part, truth in exact.items():
        wrong, own_wrong = (
            float((side[part].double() - truth).norm() / truth.norm()) for side in (found, theirs)
        )
        assert wrong < (1e-5 if dtype == "float32" else 2 * own_wrong + 1e-3), (part, wrong)


@pytest.mark.parametrize("name", ["odd", "long"])
def test_rows_looked_at_in_pieces_are_the_same_rows(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Two of them at a time, the last piece a smaller one; then one at a time."""
    import torch

    passes, shape = compiled.passes(), SHAPES[name]
    assert passes is not None
    whole = outcome(shape, "float32", "float32", by_passes(passes.way))
    each = shape.heads // shape.shared * shape.length * shape.length
    for at_once in (2 * each, 1):
        monkeypatch.setattr(heads, "AT_ONCE", at_once)
        found = outcome(shape, "float32", "float32", by_passes(passes.way))
        for part, expected in whole.items():
            torch.testing.assert_close(found[part], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_threads_give_the_same_numbers_to_the_bit(threads: int) -> None:
    """Same seed, same machine: the same weights."""
    import torch

    torch.set_num_threads(threads)
    passes = compiled.passes()
    assert passes is not None
    one, other = (
        outcome(SHAPES["long"], "bfloat16", "bfloat16", by_passes(passes.way)) for _ in range(2)
    )
    assert all(torch.equal(one[part], other[part]) for part in one)


def test_numbers_elsewhere_or_of_another_kind_are_left_to_torch() -> None:
    import torch

    assert compiled.passes_over(torch.empty(1)) is not None
    assert compiled.passes_over(torch.empty(1, device="meta")) is None
    assert compiled.passes_over(torch.empty(1, dtype=torch.float16)) is None
