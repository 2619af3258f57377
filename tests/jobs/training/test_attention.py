"""Attention over short rows gives what torch's kernel gives, outputs and gradients alike."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def sides() -> Any:
    import torch

    def make(heads: int, shared: int, length: int, kind: str = "float32") -> Any:
        torch.manual_seed(0)
        shapes = ((3, heads, length, 8), (3, shared, length, 8), (3, shared, length, 8))
        return [torch.randn(s, dtype=getattr(torch, kind)).requires_grad_() for s in shapes]

    return make


def outcome(attend: Any, sides: Any) -> list[Any]:
    import torch

    given = [side.detach().clone().requires_grad_() for side in sides]
    module = SimpleNamespace(
        is_causal=True, num_key_value_groups=sides[0].shape[1] // sides[1].shape[1]
    )
    out, _ = attend(module, *given, None, scaling=0.4)
    (out * torch.arange(out.numel()).view(out.shape).sin()).sum().backward()
    return [out, *(side.grad for side in given)]


@pytest.mark.parametrize(("heads", "shared"), [(4, 4), (6, 2), (4, 1)])
@pytest.mark.parametrize("length", [2, 7, 8, 33])  # kept weights up to 8, made again beyond
def test_outputs_and_gradients_equal_those_of_torch(
    sides: Any, heads: int, shared: int, length: int
) -> None:
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    from jobs.training.attention import attend

    given = sides(heads, shared, length)
    ours, theirs = outcome(attend, given), outcome(sdpa_attention_forward, given)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_no_place_sees_what_follows(sides: Any) -> None:
    import torch

    from jobs.training.attention import ShortRows

    query, key, value = sides(2, 1, 9)
    before = ShortRows.apply(query, key, value, 1.0)
    with torch.no_grad():
        key[:, :, 5:] += 7
        value[:, :, 5:] -= 7
    after = ShortRows.apply(query, key, value, 1.0)
    assert torch.equal(before[:, :, :5], after[:, :, :5])
    assert not torch.equal(before[:, :, 5:], after[:, :, 5:])


@pytest.mark.parametrize(
    "case", ["mask", "dropout", "not causal", "bias", "cap", "longer keys", "long"]
)
def test_everything_else_goes_to_torch(
    sides: Any, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from transformers.integrations import sdpa_attention

    from jobs.training import attention

    monkeypatch.setattr(sdpa_attention, "sdpa_attention_forward", lambda *_, **__: "torch's")
    query, key, value = sides(2, 2, 6)
    settings: dict[str, Any] = {"attention_mask": None}
    if case == "mask":
        settings["attention_mask"] = torch.ones(3, 1, 6, 6, dtype=torch.bool)
    elif case == "dropout":
        settings["dropout"] = 0.1
    elif case == "not causal":
        settings["is_causal"] = False
    elif case == "bias":
        settings["position_bias"] = torch.zeros(1, 2, 6, 6)
    elif case == "cap":
        settings["softcap"] = 30.0
    elif case == "longer keys":
        query = query[:, :, 2:]
    else:
        monkeypatch.setattr(attention, "LONGEST", 5)
    module: Any = SimpleNamespace(is_causal=True)
    assert attention.attend(module, query, key, value, **settings) == "torch's"


@pytest.mark.parametrize("architecture", ["llama", "qwen2", "gemma", "gpt2", "t5", "bart"])
def test_a_model_gives_the_same_logits_and_gradients(make_model: Any, architecture: str) -> None:
    import torch

    from jobs.training import attention

    def given(ours: bool) -> tuple[Any, Any]:
        model = make_model(architecture)
        if ours:
            attention.use(model)
        ids = torch.arange(1, 21).view(2, 10)
        extra = {"decoder_input_ids": ids} if model.config.is_encoder_decoder else {}
        logits = model(input_ids=ids, **extra, use_cache=False).logits
        table = model.get_input_embeddings().weight.requires_grad_()
        model.zero_grad()
        logits.square().mean().backward()
        return logits, table.grad

    for one, other in zip(given(True), given(False), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def test_a_model_with_an_attention_of_its_own_keeps_it(make_model: Any) -> None:
    from jobs.training import attention

    model = make_model("llama")
    model.set_attn_implementation("eager")
    attention.use(model)
    assert model.config._attn_implementation == "eager"
