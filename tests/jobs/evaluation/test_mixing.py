"""Rows of several adapters in one batch: the numbers of PEFT, layer by layer."""

from __future__ import annotations

import pytest

from jobs.evaluation.mixing import Batch, Span, can_mix, spans


def test_spans():
    assert spans(["x", "b", "b", "y", "y", "b", "x"], "b") == [
        Span("x", 0, 1), Span("y", 3, 5), Span("x", 6, 7)
    ]  # fmt: skip
    assert spans([], "b") == []
    assert spans(["b"], "b") == []


@pytest.mark.parametrize("kind", ["linear", "conv1d"])
def test_a_layer_gives_what_pefts_own_mixing_gives(kind):
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers.pytorch_utils import Conv1D

    from jobs.evaluation.mixing import MixedLinear

    torch.manual_seed(0)

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = torch.nn.Linear(12, 20) if kind == "linear" else Conv1D(20, 12)

        def forward(self, x):
            return self.lin(x)

    options = {"target_modules": ["lin"], "init_lora_weights": False}
    options["fan_in_fan_out"] = kind == "conv1d"
    model = get_peft_model(Model(), LoraConfig(r=4, lora_alpha=8, **options), adapter_name="one")
    model.add_adapter("two", LoraConfig(r=2, use_rslora=True, **options))
    layer = model.base_model.model.lin.eval()
    names = ["one", "__base__", "two", "two", "__base__"]
    x = torch.randn(5, 3, 12)
    mixed = MixedLinear(layer, Batch(spans(names, "__base__")))
    for name in ("one", "two"):
        assert can_mix(layer, name)
        mixed.learn(name)
    with torch.inference_mode():
        theirs = layer(x, adapter_names=names)
        ours = mixed(x)
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-6)
        assert torch.equal(ours[[1, 4]], layer.base_layer(x)[[1, 4]])


def test_what_is_no_plain_lora_is_left_to_peft():
    import torch
    from peft import LoraConfig, get_peft_model

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.emb = torch.nn.Embedding(5, 4)
            self.lin = torch.nn.Linear(4, 4)

        def forward(self, x):
            return self.lin(self.emb(x))

    words = get_peft_model(Model(), LoraConfig(r=2, target_modules=["emb", "lin"]))
    assert not can_mix(words.base_model.model.emb, "default")
    assert can_mix(words.base_model.model.lin, "default")
    biased = get_peft_model(Model(), LoraConfig(r=2, target_modules=["lin"], lora_bias=True))
    assert not can_mix(biased.base_model.model.lin, "default")
    dora = get_peft_model(Model(), LoraConfig(r=2, target_modules=["lin"], use_dora=True))
    assert not can_mix(dora.base_model.model.lin, "default")
    assert not can_mix(torch.nn.Linear(2, 2), "default")
