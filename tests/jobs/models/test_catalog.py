"""The list of models: facts that agree with the shapes, and honest words on what fits."""

from __future__ import annotations

import dataclasses

import pytest

from jobs.models import catalog
from jobs.models.source import resolve
from jobs.types import DeviceInfo

SMALL = DeviceInfo("cpu", "A small machine", 2 * 2**30, 2**30, bfloat16=True, four_bit=None)


@pytest.mark.parametrize("entry", catalog.ENTRIES, ids=lambda e: e.id)
def test_parameters_agree_with_the_shapes(entry):
    import torch
    import transformers as t

    if entry.kind == "causal":
        kind = {"llama": t.LlamaConfig, "qwen2": t.Qwen2Config, "qwen3": t.Qwen3Config}
        config = kind[entry.architecture](
            hidden_size=entry.hidden,
            intermediate_size=entry.intermediate,
            num_hidden_layers=entry.layers,
            num_attention_heads=entry.heads,
            num_key_value_heads=entry.kv_heads,
            vocab_size=entry.vocabulary,
            tie_word_embeddings=entry.tied,
        )
        loader = t.AutoModelForCausalLM
    else:
        config = t.T5Config(
            d_model=entry.hidden,
            d_kv=64,
            d_ff=entry.intermediate,
            num_layers=entry.layers,
            num_heads=entry.heads,
            vocab_size=entry.vocabulary,
            feed_forward_proj="gated-gelu",
            tie_word_embeddings=entry.tied,
        )
        loader = t.AutoModelForSeq2SeqLM
    with torch.device("meta"):
        built = loader.from_config(config).num_parameters()
    # The library builds every T5 tied, and unties it when the files hold two matrices.
    apart = config.tie_word_embeddings and not entry.tied
    assert built + apart * entry.vocabulary * entry.hidden == entry.parameters


def test_a_listed_model_is_known_before_it_is_here(hub):
    info = resolve("Qwen/Qwen2.5-0.5B-Instruct")
    assert (info.path, info.layers, info.licence) == (None, 24, "apache-2.0")
    assert hub.requests == []


def test_what_fits():
    smallest, largest = catalog.ENTRIES[0], catalog.entry("HuggingFaceTB/SmolLM2-1.7B-Instruct")
    assert catalog.fits(smallest, SMALL) == (True, "")
    assert largest is not None
    fits, reason = catalog.fits(largest, SMALL)
    assert not fits
    assert "this machine has 2.1 GB" in reason


def test_four_bits_need_what_the_probe_says():
    without = dataclasses.replace(SMALL, four_bit="4-bit weights do not work here.")
    told = catalog.fits(catalog.ENTRIES[0], without, "4bit")
    assert told == (False, "4-bit weights do not work here.")


def test_memory_of_weights(tiny):
    """Of a model whose layers are large against its norms; the tiny ones' blocks round up."""
    from jobs.models.load import load_base

    info = resolve(str(tiny("llama", hidden_size=256, intermediate_size=512)))
    for precision in ("float32", "bfloat16", "4bit"):
        model = load_base(info, precision, "cpu")
        held = sum(p.numel() * p.element_size() for p in model.parameters())
        told = catalog.weight_memory(info, precision)
        assert told == pytest.approx(held, rel=0.05)
