"""Loading: all weights, nothing else, and 4-bit layers that still train after a validation."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest
from tiny_models import change_json

from jobs.errors import ModelError, NotFound
from jobs.models import load as load_module
from jobs.models.load import four_bit_layers, load_base
from jobs.models.source import resolve

FAMILIES = ["llama", "qwen2", "gpt2", "t5"]


def inputs():
    """Two rows for a model of any kind."""
    import torch

    ids = torch.randint(5, 261, (2, 9), generator=torch.Generator().manual_seed(1))
    return {"input_ids": ids, "labels": ids}


def clean_load(folder, family):
    import transformers as t

    kind = t.AutoModelForSeq2SeqLM if family == "t5" else t.AutoModelForCausalLM
    return kind.from_pretrained(folder, dtype="float32").eval()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_base_is_the_base(tiny, family):
    """The same logits as a load by the library alone; frozen, in eval mode."""
    import torch

    model = load_base(resolve(str(tiny(family))), "float32", "cpu")
    with torch.no_grad():
        ours = model(**inputs()).logits
        theirs = clean_load(tiny(family), family)(**inputs()).logits
    assert torch.equal(ours, theirs)
    assert not model.training
    assert not any(p.requires_grad for p in model.parameters())
    assert model.name_or_path == tiny(family).name


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precisions(tiny, precision):
    model = load_base(resolve(str(tiny("llama"))), precision, "cpu")
    assert {str(p.dtype) for p in model.parameters()} == {f"torch.{precision}"}


@pytest.fixture
def spoilt(tiny, tmp_path):
    """A copy of the tiny Llama whose tensors a test may change."""
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(tiny("llama"), tmp_path / "llama")

    def change(function):
        tensors = load_file(folder / "model.safetensors")
        function(tensors)
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        return resolve(str(folder))

    return change


def test_a_missing_weight_is_an_error(spoilt):
    """Trap 20, for the base: the library would fill it with random numbers and warn."""
    info = spoilt(lambda tensors: tensors.pop("model.layers.1.mlp.up_proj.weight"))
    with pytest.raises(ModelError, match="do not match"):
        load_base(info, "float32", "cpu")


def test_an_unexpected_weight_is_an_error(spoilt):
    import torch

    info = spoilt(lambda tensors: tensors.update(extra=torch.zeros(3)))
    with pytest.raises(ModelError, match="do not match"):
        load_base(info, "float32", "cpu")


def test_a_weight_of_another_shape_is_an_error(spoilt):
    import torch

    info = spoilt(lambda t: t.update({"model.norm.weight": torch.zeros(7)}))
    with pytest.raises(ModelError):
        load_base(info, "float32", "cpu")


def test_code_is_never_run_and_kernels_never_asked_for(tiny, tmp_path):
    """Trap 24: neither `auto_map` nor an attention that names a repository has any effect."""
    folder = shutil.copytree(tiny("llama"), tmp_path / "llama")
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    code = {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"}
    change_json(folder / "config.json", auto_map=code, _attn_implementation="somebody/kernel")
    model = load_base(resolve(str(folder)), "float32", "cpu")
    assert model.config._attn_implementation == "sdpa"
    assert not (tmp_path / "ran").exists()


def test_a_model_that_is_not_here(hub):
    with pytest.raises(NotFound, match="not on this machine"):
        load_base(resolve("somebody/model"), "float32", "cpu")


@pytest.mark.parametrize("family", FAMILIES)
def test_four_bits_hold_no_full_copy_and_leave_embeddings(tiny, family):
    import torch

    info = resolve(str(tiny(family)))
    gc.collect()
    before = {id(o) for o in gc.get_objects() if isinstance(o, torch.Tensor)}
    model = load_base(info, "4bit", "cpu")
    layers = four_bit_layers(model)
    assert layers
    assert {layer.weight.dtype for layer in layers} == {torch.uint8}
    assert {layer.weight.quant_state.nested for layer in layers} == {True}
    assert model.get_input_embeddings().weight.dtype == torch.bfloat16
    assert model.get_output_embeddings() not in layers
    gc.collect()
    packed = {tuple(layer.weight.quant_state.shape) for layer in layers}
    own = {id(p) for p in model.parameters()}
    extra = [
        tuple(o.shape)
        for o in gc.get_objects()
        if isinstance(o, torch.Tensor) and id(o) not in before | own and o.is_floating_point()
    ]
    assert not [shape for shape in extra if shape in packed or shape[::-1] in packed]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="Linux tells what is mapped")
@pytest.mark.parametrize("family", FAMILIES)
def test_four_bits_let_go_of_the_file(tiny, family):
    """One embedding that lies in the mapped file keeps all of its pages, and they all count."""
    info = resolve(str(tiny(family)))
    model = load_base(info, "4bit", "cpu", compute="float32")  # as the file is
    gc.collect()
    assert str(info.path) not in Path("/proc/self/maps").read_text()
    tied = model.get_input_embeddings().weight is model.get_output_embeddings().weight
    assert tied == info.tied


def gradients(model):
    """Gradients of a LoRA over the model after one forward and backward in train mode."""
    model.train()
    model.zero_grad()
    model(**inputs()).loss.backward()
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def with_lora(model):
    import torch
    from peft import LoraConfig, get_peft_model

    task = "SEQ_2_SEQ_LM" if model.config.is_encoder_decoder else "CAUSAL_LM"
    torch.manual_seed(0)
    config = LoraConfig(r=4, target_modules="all-linear", task_type=task, lora_dropout=0.0)
    config.init_lora_weights = False
    return get_peft_model(model, config)


@pytest.mark.parametrize("family", FAMILIES)
def test_gradients_are_the_same_before_and_after_a_validation(tiny, family):
    """Trap 34, biases included; sprung where bitsandbytes repacks (processors with AVX512-BF16)."""
    import torch

    changes = {} if family != "t5" else {"dropout_rate": 0.0}
    if family == "gpt2":
        changes = {"attn_pdrop": 0.0, "embd_pdrop": 0.0, "resid_pdrop": 0.0}
    model = with_lora(load_base(resolve(str(tiny(family, **changes))), "4bit", "cpu"))
    before = gradients(model)
    model.eval()
    with torch.no_grad():
        loss = float(model(**inputs()).loss)
    after = gradients(model)
    assert before
    assert set(before) == set(after)
    assert all(torch.equal(before[name], after[name]) for name in before)
    model.eval()
    with torch.no_grad():
        assert float(model(**inputs()).loss) == loss


@pytest.mark.parametrize("size", [34, 66, 100, 130])
def test_sizes_that_are_no_multiple_of_64_work(size):
    """4-bit blocks are 64 weights; such sizes crash the bfloat16 kernel."""
    import torch
    from bitsandbytes.functional import dequantize_4bit
    from bitsandbytes.nn import Linear4bit

    layer = Linear4bit(size, 48, compute_dtype=torch.float32, quant_type="nf4").to("cpu")
    load_module.keep_trainable(layer)
    weight = dequantize_4bit(layer.weight.data, layer.weight.quant_state)
    x = torch.randn(3, size, requires_grad=True)
    with torch.no_grad():
        layer.eval()(x.detach())
    out = layer.train()(x)
    out.sum().backward()
    torch.testing.assert_close(out, x @ weight.T + layer.bias, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(x.grad, weight.sum(0).expand(3, size), rtol=1e-4, atol=1e-4)


def test_a_whole_model_of_such_sizes(tiny):
    import torch

    odd = {"hidden_size": 36, "intermediate_size": 54, "num_attention_heads": 3}
    info = resolve(str(tiny("llama", **odd, num_key_value_heads=1)))
    model = load_base(info, "4bit", "cpu", compute="float32")
    full = load_base(info, "float32", "cpu")
    with torch.no_grad():
        packed, whole = model(**inputs()).logits, full(**inputs()).logits
    likeness = torch.nn.functional.cosine_similarity(packed.flatten(), whole.flatten(), dim=0)
    assert likeness > 0.9
    assert packed.dtype == torch.float32


def test_layers_of_odd_width_are_refused(tiny):
    info = resolve(str(tiny("llama", intermediate_size=55)))
    with pytest.raises(ModelError, match="odd width"):
        load_base(info, "4bit", "cpu")
    assert load_base(info, "float32", "cpu") is not None


def test_losing_memory_is_told_as_such(tiny, monkeypatch):
    from jobs.errors import OutOfMemory

    def full(*given):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")

    monkeypatch.setattr(load_module, "_from_pretrained", full)
    with pytest.raises(OutOfMemory, match="too little memory"):
        load_base(resolve(str(tiny("llama"))), "float32", "cpu")
