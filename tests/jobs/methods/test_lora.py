"""LoRA and QLoRA: which layers, and when QLoRA cannot run."""

from __future__ import annotations

import pytest

from jobs.errors import InputError
from jobs.methods import method
from jobs.methods.lora import LoraOptions
from jobs.types import DeviceInfo


def adapted(model):
    return {n.split(".lora_A")[0] for n, _ in model.named_parameters() if ".lora_A" in n}


@pytest.mark.parametrize(("family", "layers"), [("llama", 14), ("gpt2", 8), ("t5", 36)])
def test_every_linear_layer_but_the_output(base, family, layers):
    lora = method("lora")
    model, tokenizer, _ = base(lora, family)
    names = adapted(lora.attach(model, tokenizer, LoraOptions(), seed=0))
    assert len(names) == layers
    assert not [n for n in names if "lm_head" in n]


def test_chosen_layers(base):
    lora = method("lora")
    model, tokenizer, info = base(lora)
    options = LoraOptions(target_modules=("q_proj", "v_proj"), rank=4)
    names = adapted(lora.attach(model, tokenizer, options, seed=0))
    assert len(names) == 4
    assert lora.trainable_parameters(info, options) == 2 * 4 * ((64 + 64) + (64 + 32))


def test_a_layer_that_is_not_there_is_named(base):
    """PEFT alone is content when one of several names is found."""
    lora = method("lora")
    model, tokenizer, _ = base(lora)
    with pytest.raises(InputError, match="no linear layer “c_attn”") as caught:
        lora.attach(model, tokenizer, LoraOptions(target_modules=("q_proj", "c_attn")), seed=0)
    assert "down_proj, gate_proj" in caught.value.cure
    assert "lm_head" not in caught.value.cure


def test_before_a_model_is_here_its_sizes_are_enough(tiny):
    import dataclasses

    from jobs.models.source import resolve

    lora = method("lora")
    for family in ("llama", "t5"):
        info = resolve(str(tiny(family)))
        away = dataclasses.replace(info, path=None)
        told = lora.trainable_parameters(away, LoraOptions())
        assert told == lora.trainable_parameters(info, LoraOptions())


def test_qlora_gives_the_probes_reason(tiny):
    from jobs.models.source import resolve

    info = resolve(str(tiny("llama")))
    device = DeviceInfo("cpu", "CPU", 1, 1, bfloat16=True, four_bit="4 bits do not work here.")
    assert method("qlora").unavailable(device, info) == "4 bits do not work here."
    assert method("lora").unavailable(device, info) is None


def test_a_qlora_adapter_fits_a_full_precision_base(base, rows, train, tmp_path):
    """As merging will need; over GPT-2 the layers' weights lie the other way round there."""
    import torch

    lora, qlora = method("lora"), method("qlora")
    model, tokenizer, _ = base(qlora, "gpt2")
    tuned = qlora.attach(model, tokenizer, LoraOptions(rank=4), seed=0)
    train(tuned)
    qlora.save(tuned, tmp_path)
    full = lora.load(base(lora, "gpt2")[0], tmp_path)
    with torch.no_grad():
        packed, whole = tuned(**rows).logits, full(**rows).logits
    likeness = torch.nn.functional.cosine_similarity(packed.flatten(), whole.flatten(), dim=0)
    assert likeness > 0.95


def test_a_layer_that_is_not_there_is_refused_before_a_run_is_queued(tiny):
    from jobs.models.source import resolve

    lora, info = method("lora"), resolve(str(tiny("llama")))
    with pytest.raises(InputError, match="no linear layer “nope”") as caught:
        lora.trainable_parameters(info, LoraOptions(target_modules=("q_proj", "nope")))
    assert "down_proj, gate_proj" in caught.value.cure
    lora.trainable_parameters(info, LoraOptions(target_modules=("lm_head",)))
