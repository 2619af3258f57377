"""Full fine-tuning: every weight is trained, and the run is a model of its own."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from tiny_models import change_json

from jobs.errors import ModelError, Unavailable
from jobs.methods import keeps_whole_model, method, methods, split

FULL = method("full")
OPTIONS = split(FULL, {})[1]


def logits(model, rows):
    import torch

    with torch.no_grad():
        return model(**rows).logits


@pytest.fixture
def whole(base, train, tmp_path):
    """`whole(family)`: (tuned model, its folder, info of the base)."""

    def make(family="llama"):
        model, tokenizer, info = base(FULL, family)
        tuned = FULL.attach(model, tokenizer, OPTIONS, seed=1)
        train(tuned)
        FULL.save(tuned, tmp_path / "whole")
        return tuned, tmp_path / "whole", info

    return make


def test_it_is_the_only_method_whose_runs_are_models():
    assert [m.name for m in methods() if keeps_whole_model(m.name)] == ["full"]
    assert not keeps_whole_model("of another release")


@pytest.mark.parametrize("family", ["llama", "qwen2", "gpt2", "t5"])
def test_every_weight_is_trained_and_moves(base, train, family):
    """Trap 11; a weight that is tied counts once, as `trainable_parameters` has it."""
    import torch

    model, tokenizer, info = base(FULL, family)
    tuned = FULL.attach(model, tokenizer, OPTIONS, seed=1)
    assert not tuned.training
    named = dict(tuned.named_parameters())
    assert all(p.requires_grad for p in named.values())
    assert sum(p.numel() for p in named.values()) == FULL.trainable_parameters(info, OPTIONS)
    before = {name: p.clone() for name, p in named.items()}
    train(tuned)
    assert [name for name, p in before.items() if torch.equal(p, named[name])] == []


@pytest.mark.parametrize("family", ["llama", "gpt2", "t5"])
def test_what_is_saved_is_loaded_as_any_model_is(whole, rows, family):
    """Traps 22 and 23: by our own strict loading and by plain transformers, to the bit."""
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

    from jobs.models.load import load_base

    tuned, folder, info = whole(family)
    expected = logits(tuned, rows)
    ours = load_base(replace(info, path=folder), "float32", "cpu")
    loader = AutoModelForSeq2SeqLM if family == "t5" else AutoModelForCausalLM
    theirs = loader.from_pretrained(folder, dtype=torch.float32).eval()
    before = logits(load_base(info, "float32", "cpu"), rows)
    assert torch.equal(logits(ours, rows), expected)
    assert torch.equal(logits(theirs, rows), expected)
    assert not torch.equal(before, expected)


def test_what_is_saved_holds_no_path_and_no_pickle(whole):
    _, folder, info = whole()
    names = {p.name for p in folder.iterdir()}
    assert names <= {"config.json", "generation_config.json", "model.safetensors"}
    for name in ("config.json", "generation_config.json"):
        if (folder / name).exists():
            assert str(info.path.parent) not in (folder / name).read_text()
    assert json.loads((folder / "config.json").read_text())["model_type"] == "llama"


def test_every_end_of_an_answer_is_kept(tiny, tmp_path):
    """Trap 2: the base's generation config lists more of them than its config.json."""
    from jobs.models.load import load_base
    from jobs.models.source import end_ids, resolve
    from jobs.models.tokenizer import load_tokenizer

    folder = shutil.copytree(tiny("llama"), tmp_path / "base")
    change_json(folder / "generation_config.json", eos_token_id=[2, 7])
    info = resolve(str(folder))
    model = load_base(info, "float32", "cpu")
    FULL.save(FULL.attach(model, load_tokenizer(info), OPTIONS, seed=1), tmp_path / "run")
    assert end_ids(replace(info, path=tmp_path / "run")) == (2, 7)


def test_a_folder_with_weights_left_out_is_an_error(whole):
    """Trap 20."""
    from safetensors.torch import load_file, save_file

    from jobs.models.load import load_base

    _, folder, info = whole()
    tensors = load_file(folder / "model.safetensors")
    tensors.pop("model.layers.0.mlp.up_proj.weight")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="do not match"):
        load_base(replace(info, path=folder), "float32", "cpu")


def test_a_packed_base_is_refused(base):
    model, tokenizer, _ = base(method("qlora"))
    with pytest.raises(Unavailable, match="4 bits"):
        FULL.attach(model, tokenizer, OPTIONS, seed=1)
