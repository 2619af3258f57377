"""A fused LoRA layer gives what PEFT's own gives, outputs and gradients alike."""

from __future__ import annotations

from typing import Any

import pytest

CASES = ["llama", "qwen2", "gemma", "t5"]


def adapted(base: Any, **changes: Any) -> Any:
    """A PEFT model whose second matrices are not zero, with the same weights at each call."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(3)
    settings = {"r": 4, "lora_alpha": 12, "target_modules": "all-linear"} | changes
    model = get_peft_model(base, LoraConfig(**settings))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    return model.train()


def outcome(model: Any) -> tuple[Any, dict[str, Any]]:
    """The logits of some tokens, and the gradient of every adapter matrix."""
    import torch

    torch.manual_seed(5)
    ids = torch.arange(1, 31).view(3, 10)
    extra = {"decoder_input_ids": ids} if model.config.is_encoder_decoder else {}
    logits = model(input_ids=ids, **extra).logits
    logits.square().mean().backward()
    gradients = {n: p.grad for n, p in model.named_parameters() if p.requires_grad}
    assert all(g is not None for g in gradients.values())
    return logits, gradients


def assert_alike(one: Any, other: Any) -> None:
    import torch

    torch.testing.assert_close(one[0], other[0], rtol=1e-4, atol=1e-5)
    assert one[1].keys() == other[1].keys()
    for name in one[1]:
        torch.testing.assert_close(one[1][name], other[1][name], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("architecture", CASES)
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_outputs_and_gradients_equal_those_of_peft(
    make_model: Any, architecture: str, dropout: float
) -> None:
    from jobs.training.low_rank import fuse

    plain = adapted(make_model(architecture), lora_dropout=dropout)
    fused = adapted(make_model(architecture), lora_dropout=dropout)
    assert fuse(fused) == sum("lora_A" in n for n, _ in fused.named_parameters())
    assert_alike(outcome(fused), outcome(plain))


@pytest.mark.parametrize("architecture", CASES)
def test_dropout_is_on_in_train_mode_only(make_model: Any, architecture: str) -> None:
    """Trap 12."""
    import torch

    from jobs.training.low_rank import fuse

    plain = adapted(make_model(architecture), lora_dropout=0.5)
    fused = adapted(make_model(architecture), lora_dropout=0.5)
    fuse(fused)
    ids = torch.arange(1, 31).view(3, 10)
    asked = {"input_ids": ids}
    if fused.config.is_encoder_decoder:
        asked["decoder_input_ids"] = ids
    with torch.no_grad():
        assert not torch.equal(fused(**asked).logits, fused(**asked).logits)
        torch.testing.assert_close(fused.eval()(**asked).logits, plain.eval()(**asked).logits)


def test_a_four_bit_base_gives_the_same_as_with_peft() -> None:
    import torch
    from bitsandbytes.nn import Linear4bit

    from jobs.training.low_rank import fuse

    def outputs(fused: bool) -> Any:
        torch.manual_seed(1)
        inner = torch.nn.Linear(64, 128)
        packed = Linear4bit(64, 128, compute_dtype=torch.float32, quant_type="nf4")
        packed.load_state_dict(inner.state_dict())
        packed.to("cpu").requires_grad_(False)
        packed.support_avx512bf16_for_cpu = False
        model = adapted(torch.nn.Sequential(packed), target_modules=["0"])
        assert not fused or fuse(model) == 1
        x = torch.randn(2, 5, 64, requires_grad=True)
        y = model(x)
        y.square().sum().backward()
        return y, {"x": x.grad} | {n: p.grad for n, p in model.named_parameters() if "lora" in n}

    assert_alike(outputs(True), outputs(False))


@pytest.mark.parametrize("odd", [{"use_dora": True}, {"lora_bias": True}])
def test_anything_out_of_the_ordinary_keeps_its_own_way(make_model: Any, odd: Any) -> None:
    from jobs.training.low_rank import fuse

    model = adapted(make_model("qwen2"), target_modules=["q_proj"], **odd)
    assert fuse(model) == 0


def test_a_switched_off_adapter_stays_off(make_model: Any) -> None:
    import torch

    from jobs.training.low_rank import fuse

    base = make_model("llama")
    ids = torch.arange(1, 11)[None]
    before = base(ids).logits
    model = adapted(base)
    fuse(model)
    assert not torch.allclose(model(ids).logits, before)
    with model.disable_adapter():
        assert torch.allclose(model(ids).logits, before)
