"""Where models come from, and what is refused before anything is loaded."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_models import change_json

from jobs.errors import InputError, ModelError
from jobs.models import source
from jobs.models.source import end_ids, portable_name, resolve

ROOT = Path(source.__file__).parents[2]


@pytest.fixture
def llama(tiny, tmp_path):
    """A copy of the tiny Llama that a test may spoil."""
    return Path(shutil.copytree(tiny("llama"), tmp_path / "llama"))


@pytest.mark.parametrize("family", ["llama", "llama-tied", "qwen2", "gpt2", "t5"])
def test_counts_as_the_library_counts(tiny, family):
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    info = resolve(str(tiny(family)))
    config = AutoConfig.from_pretrained(info.path)
    kind = AutoModelForSeq2SeqLM if family == "t5" else AutoModelForCausalLM
    assert info.parameters == kind.from_config(config).num_parameters()
    assert info.kind == ("encoder-decoder" if family == "t5" else "causal")
    assert (info.layers, info.hidden, info.heads) == (2, 64, 4)
    assert info.tied == config.tie_word_embeddings
    assert info.bytes == (info.path / "model.safetensors").stat().st_size


def test_sizes_of_the_configuration(tiny):
    info = resolve(str(tiny("llama")))
    assert (info.kv_heads, info.intermediate, info.max_length) == (2, 160, 256)
    assert info.architecture == "llama"


def test_the_tokenizer_can_lower_the_limit(llama):
    change_json(llama / "tokenizer_config.json", model_max_length=100)
    assert resolve(str(llama)).max_length == 100


def test_starter_comes_from_the_assets(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(source.importlib.resources, "files", lambda package: tmp_path)
    with pytest.raises(ModelError, match="starter model is missing"):
        resolve("starter")
    shutil.copytree(tiny("llama"), tmp_path / "starter")
    info = resolve("starter")
    assert info.path == tmp_path / "starter"
    assert portable_name(info) == "starter"


def test_a_folder_wins_over_an_id(llama, monkeypatch):
    monkeypatch.chdir(llama.parent)
    assert resolve("llama").path == llama.resolve()


def test_names_for_elsewhere_hold_no_path(llama):
    assert portable_name(resolve(str(llama))) == "llama"


@pytest.mark.parametrize("spec", ["", "no/such/folder", "/no/such/folder", "two words"])
def test_neither_folder_nor_id(spec):
    with pytest.raises(InputError, match="no folder on this machine"):
        resolve(spec)


def test_a_folder_that_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="not a model's folder"):
        resolve(str(tmp_path))


def test_pickles_are_refused(llama):
    (llama / "model.safetensors").rename(llama / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickle files"):
        resolve(str(llama))


def test_no_weights_at_all(llama):
    (llama / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="no weights"):
        resolve(str(llama))


def test_code_of_the_models_own_is_refused(llama):
    change_json(llama / "config.json", model_type="own", auto_map={"AutoModel": "own.Model"})
    with pytest.raises(ModelError, match="program code"):
        resolve(str(llama))


def test_a_known_family_that_also_brings_code_is_read_without_it(llama):
    change_json(llama / "config.json", auto_map={"AutoModel": "own.Model"})
    assert resolve(str(llama)).architecture == "llama"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quantization_config": {"load_in_4bit": True}}, "fewer bits"),
        ({"architectures": ["BertForMaskedLM"]}, "text alone"),
        ({"vision_config": {}}, "text alone"),
    ],
)
def test_models_of_other_kinds(llama, changes, sentence):
    change_json(llama / "config.json", **changes)
    with pytest.raises(ModelError, match=sentence):
        resolve(str(llama))


@pytest.mark.parametrize("spoil", [b"", b"\xff" * 64, b"\x08\0\0\0\0\0\0\0notjson!"])
def test_damaged_weights(llama, spoil):
    (llama / "model.safetensors").write_bytes(spoil)
    with pytest.raises(ModelError, match="damaged"):
        resolve(str(llama))


def test_weights_that_are_cut_short(llama):
    whole = (llama / "model.safetensors").read_bytes()
    (llama / "model.safetensors").write_bytes(whole[:-100])
    with pytest.raises(ModelError, match="damaged"):
        resolve(str(llama))


def test_a_part_of_the_weights_is_missing(llama):
    index = '{"weight_map": {"a": "model-1.safetensors", "b": "../../etc/passwd"}}'
    (llama / "model.safetensors.index.json").write_text(index)
    with pytest.raises(ModelError, match="not all there"):
        resolve(str(llama))


def test_a_damaged_configuration(llama):
    (llama / "config.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        resolve(str(llama))


def test_every_end_of_an_answer_is_known(llama):
    change_json(llama / "generation_config.json", eos_token_id=[2, 4])
    assert end_ids(resolve(str(llama))) == (2, 4)


def test_the_licence_stands_in_the_card(llama):
    assert resolve(str(llama)).licence == ""
    (llama / "README.md").write_text("---\ntags: [a]\nlicense: mit\n---\n# Model\n")
    assert resolve(str(llama)).licence == "mit"


def test_nothing_here_imports_torch(tiny):
    code = (
        "import sys, jobs.methods\n"
        "from jobs.models import source, tokenizer, devices, catalog\n"
        f"info = source.resolve({str(tiny('llama'))!r})\n"
        "tokens = tokenizer.load_tokenizer(info)\n"
        "for method in jobs.methods.methods():\n"
        "    flat = jobs.methods.options_for(method, 'quick', 500, info, {})\n"
        "    method.trainable_parameters(info, jobs.methods.split(method, flat)[1])\n"
        "source.resolve('somebody/something')\n"
        "assert not {'torch', 'peft', 'bitsandbytes', 'datasets'} & set(sys.modules)\n"
    )
    environment = {"PYTHONPATH": str(ROOT), "HOME": "/nonexistent"}
    subprocess.run([sys.executable, "-P", "-c", code], env=environment, check=True)
