"""What every method must do, over every family of models."""

from __future__ import annotations

import json
import shutil

import pytest

from jobs.errors import ModelError, NotFound
from jobs.methods import adapters, keeps_whole_model, method, methods, options_for, split
from jobs.methods.method import EFFORTS, Adapting, SoftPrompting
from jobs.options import describe

FAMILIES = ("llama", "qwen2", "gpt2", "t5")
over_methods = pytest.mark.parametrize("chosen", methods(), ids=lambda m: m.name)
ADAPTING = [m for m in methods() if isinstance(m, Adapting)]
over_adapting = pytest.mark.parametrize("chosen", ADAPTING, ids=lambda m: m.name)
over_both = pytest.mark.parametrize(
    ("chosen", "family"),
    [(m, f) for m in ADAPTING for f in FAMILIES if (m.name, f) != ("prefix-tuning", "t5")],
    ids=lambda value: getattr(value, "name", value),
)


def own_options(chosen, info, **changes):
    return split(chosen, options_for(chosen, "quick", 500, info, changes))[1]


def logits(model, rows):
    import torch

    with torch.no_grad():
        return model(**rows).logits[:, -rows["input_ids"].shape[1] :]


def trainable(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def test_the_front_row():
    assert [m.name for m in methods() if m.front] == ["lora", "qlora", "prompt-tuning"]
    assert method("lora").precision_of_base is None
    assert method("qlora").precision_of_base == "4bit"


def test_runs_of_adapters_are_no_models_of_their_own():
    """Traps 19 and 21: soft prompts cannot be merged, and nothing else is."""
    assert [m.name for m in methods() if keeps_whole_model(m.name)] == ["full"]


def test_no_such_method():
    with pytest.raises(NotFound, match="no method “lara”") as caught:
        method("lara")
    assert "qlora" in caught.value.cure


@over_methods
def test_words_for_people(chosen):
    assert chosen.title
    for sentence in (chosen.what, chosen.when):
        assert sentence.endswith(".")
        assert "!" not in sentence
    assert all(o.label and o.help for o in describe(chosen.Options))


@over_both
def test_trains_what_it_says_in_float32(base, chosen, family):
    """Traps 9 and 12: float32 over any base, eval mode, nothing else trainable."""
    model, tokenizer, info = base(chosen, family, "bfloat16")
    options = own_options(chosen, info)
    tuned = chosen.attach(model, tokenizer, options, seed=1)
    trained = {n: p for n, p in tuned.named_parameters() if p.requires_grad}
    assert {str(p.dtype) for p in trained.values()} == {"torch.float32"}
    assert all("lora_" in n or "prompt_encoder" in n for n in trained)
    assert trainable(tuned) == chosen.trainable_parameters(info, options)
    assert not tuned.training


@over_adapting
def test_the_same_seed_gives_the_same_start(base, chosen):
    import torch

    starts = []
    for seed in (1, 1, 2):
        model, tokenizer, info = base(chosen)
        before = torch.random.get_rng_state()
        options = own_options(chosen, info, **_random(chosen))
        tuned = chosen.attach(model, tokenizer, options, seed)
        assert torch.equal(torch.random.get_rng_state(), before)
        starts.append([p.clone() for p in tuned.parameters() if p.requires_grad])
    same, other = zip(*starts[:2], strict=True), zip(starts[0], starts[2], strict=True)
    assert all(torch.equal(a, b) for a, b in same)
    assert not all(torch.equal(a, b) for a, b in other)


def _random(chosen):
    return {"init_text": ""} if "init_text" in {o.name for o in describe(chosen.Options)} else {}


@over_both
def test_every_weight_gets_a_gradient_and_moves(base, train, chosen, family):
    """Trap 11, with the non-reentrant checkpointing that frozen inputs need."""
    import torch

    model, tokenizer, info = base(chosen, family)
    if chosen.name != "prefix-tuning":  # what lives in the cache cannot be made a second time
        model.gradient_checkpointing_enable({"use_reentrant": False})
    tuned = chosen.attach(model, tokenizer, own_options(chosen, info), seed=1)
    before = {n: p.clone() for n, p in tuned.named_parameters() if p.requires_grad}
    train(tuned)
    after = dict(tuned.named_parameters())
    still = [n for n, p in before.items() if torch.equal(p, after[n])]
    assert before
    assert still == []


@over_both
def test_saved_and_loaded_gives_the_same_answers(base, rows, train, tmp_path, chosen, family):
    """Traps 12, 22 and 23: eval mode, the base under it untouched, the adapter in effect."""
    import torch

    model, tokenizer, info = base(chosen, family)
    plain = logits(model, rows)
    tuned = chosen.attach(model, tokenizer, own_options(chosen, info), seed=1)
    train(tuned)
    chosen.save(tuned, tmp_path / "adapter")
    expected = logits(tuned, rows)

    loaded = chosen.load(base(chosen, family)[0], tmp_path / "adapter", "run7")
    assert not loaded.training
    assert not any(p.requires_grad for p in loaded.parameters())
    assert torch.equal(logits(loaded, rows), expected)
    assert torch.equal(logits(loaded, rows), logits(loaded, rows))
    assert not torch.equal(expected, plain)
    with loaded.disable_adapter():
        assert torch.equal(logits(loaded, rows), plain)


@over_adapting
def test_several_adapters_over_one_base(base, rows, train, tmp_path, chosen):
    import torch

    expected = []
    for steps in (1, 3):
        model, tokenizer, info = base(chosen)
        tuned = chosen.attach(model, tokenizer, own_options(chosen, info), seed=1)
        train(tuned, steps)
        chosen.save(tuned, tmp_path / str(steps))
        expected.append(logits(tuned, rows))
    both = chosen.load(base(chosen)[0], tmp_path / "1", "run1")
    both = chosen.load(both, tmp_path / "3", "run3")
    assert not both.training
    for name, answer in zip(("run1", "run3"), expected, strict=True):
        both.set_adapter(name)
        assert torch.equal(logits(both, rows), answer)


@pytest.mark.parametrize("name", ["prompt-tuning", "p-tuning"])
def test_restoring_goes_on_where_it_was(base, rows, train, tmp_path, name):
    import torch

    chosen = method(name)
    assert isinstance(chosen, SoftPrompting)
    model, tokenizer, info = base(chosen)
    tuned = chosen.attach(model, tokenizer, own_options(chosen, info), seed=1)
    train(tuned)
    chosen.save(tuned, tmp_path)
    model, tokenizer, info = base(chosen)
    fresh = chosen.attach(model, tokenizer, own_options(chosen, info), seed=2)
    chosen.restore(fresh, tmp_path)
    assert torch.equal(logits(fresh, rows), logits(tuned, rows))
    assert trainable(fresh) == trainable(tuned)


@over_adapting
def test_plain_peft_loads_what_was_saved(base, rows, train, tmp_path, chosen):
    import torch
    from peft import PeftModel

    model, tokenizer, info = base(chosen)
    tuned = chosen.attach(model, tokenizer, own_options(chosen, info), seed=1)
    train(tuned)
    chosen.save(tuned, tmp_path)
    theirs = PeftModel.from_pretrained(base(chosen)[0], tmp_path).eval()
    assert torch.equal(logits(theirs, rows), logits(tuned, rows))


@over_adapting
def test_what_is_saved_can_be_compared_and_asked(base, rows, train, tmp_path, chosen):
    """A new method of another PEFT kind fails here: `LoadedBase.add` in `jobs/evaluation/base.py`
    has to learn how its adapter answers."""
    from jobs.evaluation.base import LoadedBase
    from jobs.methods.virtual import virtual_tokens
    from jobs.types import Variant

    model, tokenizer, info = base(chosen)
    options = own_options(chosen, info)
    tuned = chosen.attach(model, tokenizer, options, seed=1)
    train(tuned)
    chosen.save(tuned, tmp_path)
    answering = LoadedBase(
        base(chosen)[0], lambda model, of, name: chosen.load(model, tmp_path, name)
    )
    answering.add(Variant("tuned", chosen.precision_of_base or "float32", chosen.name, tmp_path))
    assert answering.has("tuned")
    assert answering.virtual_tokens("tuned") == virtual_tokens(options)


@over_adapting
def test_what_is_saved_holds_no_path_and_no_pickle(base, tmp_path, chosen):
    model, tokenizer, info = base(chosen)
    tuned = chosen.attach(model, tokenizer, own_options(chosen, info), seed=1)
    chosen.save(tuned, tmp_path)
    names = {p.name for p in tmp_path.iterdir()}
    assert names == {"adapter_config.json", "adapter_model.safetensors"}
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == info.path.name
    assert str(info.path.parent) not in (tmp_path / "adapter_config.json").read_text()


@pytest.fixture
def saved(base, tmp_path):
    """`saved(method)`: the folder of an adapter as it is before training."""

    def make(chosen):
        model, tokenizer, info = base(chosen)
        tuned = chosen.attach(model, tokenizer, own_options(chosen, info), seed=1)
        chosen.save(tuned, tmp_path / chosen.name)
        return tmp_path / chosen.name

    return make


def change_tensors(folder, function):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / adapters.WEIGHTS)
    function(tensors)
    save_file(tensors, folder / adapters.WEIGHTS, metadata={"format": "pt"})


@over_adapting
@pytest.mark.parametrize("fault", ["missing", "unexpected", "shape", "cut short", "pickle"])
def test_weights_that_do_not_fit_are_an_error(base, saved, chosen, fault):
    """Trap 20: for `load` and, where there is one, for `restore` alike."""
    import torch

    folder = saved(chosen)
    whole = (folder / adapters.WEIGHTS).read_bytes()
    if fault == "missing":
        change_tensors(folder, lambda t: t.pop(sorted(t)[-1]) if len(t) > 1 else t.clear())
    elif fault == "unexpected":
        change_tensors(folder, lambda t: t.update(extra=torch.zeros(2)))
    elif fault == "shape":
        change_tensors(folder, lambda t: t.update({sorted(t)[-1]: torch.zeros(3, 5)}))
    elif fault == "cut short":
        (folder / adapters.WEIGHTS).write_bytes(whole[: len(whole) // 2])
    else:
        (folder / adapters.WEIGHTS).rename(folder / "adapter_model.bin")
    with pytest.raises(ModelError):
        chosen.load(base(chosen)[0], folder)
    if isinstance(chosen, SoftPrompting):
        model, tokenizer, info = base(chosen)
        tuned = chosen.attach(model, tokenizer, own_options(chosen, info), seed=1)
        with pytest.raises(ModelError):
            chosen.restore(tuned, folder)


@over_adapting
def test_an_adapter_of_another_method_is_an_error(base, saved, chosen):
    soft = chosen.name in ("prompt-tuning", "p-tuning")  # the same once trained
    other = method("lora") if soft else method("prompt-tuning")
    with pytest.raises(ModelError):
        chosen.load(base(chosen)[0], saved(other))


def test_an_adapter_of_another_base_is_an_error(base, saved):
    chosen = method("lora")
    with pytest.raises(ModelError):
        chosen.load(base(chosen, "gpt2")[0], saved(chosen))


def test_a_broken_configuration_is_an_error(base, saved):
    chosen = method("lora")
    folder = saved(chosen)
    (folder / adapters.CONFIG).write_text("[]")
    with pytest.raises(ModelError):
        chosen.load(base(chosen)[0], folder)
    shutil.rmtree(folder)
    with pytest.raises(ModelError, match="holds no adapter"):
        chosen.load(base(chosen)[0], folder)


@over_methods
@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("count", [0, 1, 12, 200, 700, 4672, 50_000])
def test_defaults_make_sense_for_any_number_of_rows(tiny, chosen, effort, count):
    from jobs.models.source import resolve

    info = resolve(str(tiny("llama")))
    training, _ = split(chosen, options_for(chosen, effort, count, info, {}))
    steps = max(1, count) * training.epochs / training.batch_size
    assert training.max_length <= info.max_length
    if effort == "quick":
        assert steps <= 250
    if count >= 12:
        assert steps >= 30
    assert training.epochs <= 12
    assert (training.early_stopping > 0) == (effort == "thorough")


def test_rates_fall_with_size_and_prompt_tuning_has_its_own(tiny):
    """Trap 14."""
    import dataclasses

    from jobs.models.source import resolve

    info = resolve(str(tiny("llama")))
    rates = {}
    for chosen in methods():
        sizes = [10**6, 10**8, 10**9, 10**10, 10**11, 0]
        sized = [dataclasses.replace(info, parameters=n) for n in sizes]
        rates[chosen.name] = [chosen.defaults("quick", 500, i)["learning_rate"] for i in sized]
        known = rates[chosen.name][:-1]
        assert known == sorted(known, reverse=True)
        assert rates[chosen.name][-1] == min(known)
    for soft in ("prompt-tuning", "prefix-tuning"):  # what P-tuning trains is mostly a network
        pairs = zip(rates[soft], rates["lora"], strict=True)
        assert all(own >= 10 * lora for own, lora in pairs)
