"""A layer as one step gives what the model's own operations and PEFT's give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from torch import nn
from ways import TRAINING_WAYS, going

WIDTHS = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 60,
    "max_position_embeddings": 256,
    "pad_token_id": 0,
}
SAME = ["Llama", "Qwen2", "Mistral"]


@pytest.fixture(autouse=True, params=TRAINING_WAYS)
def _both_ways(request: pytest.FixtureRequest) -> Iterator[None]:
    with going(request.param):
        yield


def model_of(family: str, dtype: str = "float32", **more: Any) -> Any:
    """A model with the same random weights at each call, norms and biases included."""
    import torch
    import transformers as tf

    torch.manual_seed(2)
    config = getattr(tf, f"{family}Config")(**WIDTHS | more)
    model = tf.AutoModelForCausalLM.from_config(config)
    for name, parameter in model.named_parameters():
        if "norm" in name:
            torch.nn.init.normal_(parameter, 1, 0.3)
        elif name.endswith("bias"):
            torch.nn.init.normal_(parameter, 0, 0.3)
        elif "layers" in name:
            torch.nn.init.normal_(parameter, 0, 0.15)
    return model.to(getattr(torch, dtype)).requires_grad_(False)


def adapted(base: Any, **changes: Any) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(3)
    settings = {"r": 4, "lora_alpha": 12, "target_modules": "all-linear"} | changes
    model = get_peft_model(base, LoraConfig(**settings))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
        if "lora" in name:
            parameter.data = parameter.data.to(base.dtype)
    return model.train()


def outcome(model: Any, dtype: Any = None, **inputs: Any) -> dict[str, Any]:
    """The logits of some vectors, and the gradients of these and of every adapter matrix."""
    import torch

    torch.manual_seed(5)
    vectors = torch.randn(3, 10, WIDTHS["hidden_size"], dtype=dtype).requires_grad_()
    logits = model(inputs_embeds=vectors, use_cache=False, **inputs).logits
    logits.float().square().mean().backward()
    found = {n: p.grad for n, p in model.named_parameters() if p.requires_grad}
    assert all(g is not None for g in found.values())
    return found | {"logits": logits.detach(), "vectors": vectors.grad}


def assert_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    import torch

    assert one.keys() == other.keys()
    for name in one:
        torch.testing.assert_close(one[name], other[name], rtol=1e-3, atol=1e-6, msg=name)


@pytest.mark.parametrize("family", SAME)
@pytest.mark.parametrize("targets", ["all-linear", ["q_proj", "v_proj", "up_proj"], ["k_proj"]])
def test_outputs_and_gradients_equal_those_of_peft(family: str, targets: Any) -> None:
    from jobs.training import decoder_layer

    own = adapted(model_of(family), target_modules=targets)
    fused = adapted(model_of(family), target_modules=targets)
    assert decoder_layer.fuse(fused) == 2
    assert_alike(outcome(fused), outcome(own))


class Left(nn.Module):
    """What PEFT calls for its dropout, with the mask that the layer as one step has drawn."""

    def __init__(self, mask: Any, share: float) -> None:
        super().__init__()
        self.mask, self.share = mask, share

    def forward(self, x: Any) -> Any:
        return x * self.mask.view(x.shape) / (1 - self.share)


@pytest.mark.parametrize("family", SAME)
@pytest.mark.parametrize("targets", ["all-linear", ["q_proj", "v_proj", "down_proj"]])
def test_dropout_is_that_of_peft(
    family: str, targets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same outputs and gradients where both leave out the same numbers."""
    from jobs.training import decoder_layer, llama, projections

    settings = {"target_modules": targets, "lora_dropout": 0.3}
    own, fused = adapted(model_of(family), **settings), adapted(model_of(family), **settings)
    assert decoder_layer.fuse(fused) == 2
    masks, draw = [], projections.left

    def drawn(x: Any, share: float) -> Any:
        masks.append(draw(x, share))
        return masks[-1]

    monkeypatch.setattr(projections, "left", drawn)
    mine = outcome(fused)
    readers = [(0, 1, 2), (3,), (4, 5), (6,)]  # linear layers that read the same
    for module in own.get_base_model().model.layers:
        linears = llama.linears(module)
        for group in readers:
            with_adapter = [linears[i] for i in group if hasattr(linears[i], "lora_A")]
            mask = masks.pop(0) if with_adapter else None
            for layer in with_adapter:
                layer.lora_dropout["default"] = Left(mask, 0.3)
    assert not masks
    assert_alike(mine, outcome(own))


def test_dropout_is_on_in_train_mode_only() -> None:
    import torch

    from jobs.training import decoder_layer

    whole, fused = adapted(model_of("Llama")), adapted(model_of("Llama"), lora_dropout=0.25)
    decoder_layer.fuse(fused)
    ids = torch.arange(1, 51).repeat(4, 1)
    with torch.no_grad():
        first, second = fused(ids).logits, fused(ids).logits
        assert not torch.equal(first, second)
        torch.testing.assert_close(fused.eval()(ids).logits, whole(ids).logits)


@pytest.mark.parametrize("share", [0.05, 0.25, 0.9])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_dropout_leaves_out_its_share_by_chance(share: float, dtype: str) -> None:
    import torch

    from jobs.training.projections import left

    torch.manual_seed(0)
    mask = left(torch.ones(301, 333, dtype=getattr(torch, dtype)), share)
    again = left(torch.ones(301, 333), share)
    assert set(mask.unique().tolist()) == {0.0, 1.0}
    assert mask.dtype == getattr(torch, dtype)
    bound = 5 * (share * (1 - share) / mask.numel()) ** 0.5
    for side in (mask, mask[:, ::4], mask[:, 3::4]):  # four come from one number
        assert float(side.float().mean()) == pytest.approx(1 - share, abs=2.5 * bound)
    both = float((mask.float() * again).mean())
    assert both == pytest.approx((1 - share) ** 2, abs=2 * bound)
    beside = float((mask[:, 1:].float() * mask[:, :-1].float()).mean())
    assert beside == pytest.approx((1 - share) ** 2, abs=2 * bound)


@pytest.mark.parametrize("family", SAME)
def test_a_soft_prompts_vectors_get_the_same_gradient(family: str) -> None:
    from jobs.training import decoder_layer

    own, fused = model_of(family), model_of(family)
    assert decoder_layer.fuse(fused) == 2
    assert_alike(outcome(fused), outcome(own))


def test_rows_longer_than_a_head_is_wide_make_their_weights_again() -> None:
    import torch

    from jobs.training import decoder_layer

    own, fused = adapted(model_of("Llama")), adapted(model_of("Llama"))
    decoder_layer.fuse(fused)
    ids = torch.arange(1, 51).repeat(2, 1)
    for model in (own, fused):
        model(input_ids=ids, use_cache=False).logits.square().mean().backward()
    for (name, one), other in zip(fused.named_parameters(), own.parameters(), strict=True):
        if one.requires_grad:
            torch.testing.assert_close(one.grad, other.grad, rtol=1e-3, atol=1e-6, msg=name)


def test_in_bfloat16_it_is_no_further_from_the_truth_than_the_model_itself() -> None:
    import torch

    from jobs.training import decoder_layer

    exact = outcome(adapted(model_of("Llama")))
    own = outcome(adapted(model_of("Llama", "bfloat16")), torch.bfloat16)
    model = adapted(model_of("Llama", "bfloat16"))
    assert decoder_layer.fuse(model) == 2
    fused = outcome(model, torch.bfloat16)
    for name, truth in exact.items():
        wrong = [float((found[name].float() - truth).norm()) for found in (fused, own)]
        assert wrong[0] <= 1.3 * wrong[1] + 1e-3 * float(truth.norm()), name


def test_a_four_bit_base_gives_the_same_as_with_peft() -> None:
    import torch
    from bitsandbytes.nn import Linear4bit

    from jobs.training import decoder_layer

    def packed() -> Any:
        model = model_of("Qwen2", hidden_size=128, intermediate_size=192)
        for name, inner in list(model.model.layers.named_modules()):
            if isinstance(inner, torch.nn.Linear):
                there = Linear4bit(
                    inner.in_features, inner.out_features, bias=inner.bias is not None,
                    compute_dtype=torch.float32, quant_type="nf4", compress_statistics=True,
                )  # fmt: skip
                there.load_state_dict(inner.state_dict())
                there.to("cpu").requires_grad_(False)
                there.support_avx512bf16_for_cpu = False
                model.model.layers.set_submodule(name, there)
        return adapted(model)

    def found(model: Any) -> dict[str, Any]:
        model(input_ids=torch.arange(1, 21).view(2, 10), use_cache=False).logits.mean().backward()
        return {n: p.grad for n, p in model.named_parameters() if p.requires_grad}

    own, fused = packed(), packed()
    assert decoder_layer.fuse(fused) == 2
    assert_alike(found(fused), found(own))
    # The weights lie in the stacks now, and PEFT's own way over them still gives the same.
    for layer in fused.get_base_model().model.layers:
        del layer.forward
    fused.zero_grad()
    assert_alike(found(fused), found(own.zero_grad() or own))


ODD = {
    "Qwen3": {},  # norms on queries and keys
    "Granite": {"residual_multiplier": 0.7, "attention_multiplier": 0.35},
    "Gemma": {"head_dim": 8},  # norms that add 1 to their weight, another activation
    "GPTNeoX": {},
    "SmolLM3": {"no_rope_layers": [0, 0]},  # layers that do not look at positions
}


@pytest.mark.parametrize("family", ODD)
def test_a_layer_of_another_kind_stays_as_it_is(family: str) -> None:
    from jobs.training import decoder_layer

    assert decoder_layer.fuse(model_of(family, **ODD[family])) == 0


@pytest.mark.parametrize("odd", [{"use_dora": True}, {"lora_bias": True}])
def test_an_adapter_of_another_kind_keeps_its_layer_as_it_is(odd: Any) -> None:
    from jobs.training import decoder_layer

    assert decoder_layer.fuse(adapted(model_of("Llama"), **odd)) == 0


def test_a_masked_batch_takes_the_models_own_way() -> None:
    import torch

    from jobs.training import decoder_layer

    own, fused = adapted(model_of("Llama")), adapted(model_of("Llama"))
    decoder_layer.fuse(fused)
    mask = torch.ones(3, 10, dtype=torch.long)
    mask[1, :4] = 0
    assert_alike(outcome(fused, attention_mask=mask), outcome(own, attention_mask=mask))


def test_a_switched_off_adapter_stays_off() -> None:
    import torch

    from jobs.training import decoder_layer

    ids = torch.arange(1, 11)[None]
    before = model_of("Llama")(ids).logits
    model = adapted(model_of("Llama"))
    decoder_layer.fuse(model)
    assert not torch.allclose(model(ids).logits, before)
    with model.disable_adapter():
        torch.testing.assert_close(model(ids).logits, before, rtol=1e-4, atol=1e-5)
