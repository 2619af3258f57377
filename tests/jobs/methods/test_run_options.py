"""Options of a run: presets, what the user changed, and what is refused."""

from __future__ import annotations

import pytest

from jobs.errors import InputError
from jobs.methods import method, options_for, split
from jobs.methods.run_options import describe_all
from jobs.methods.training_options import TrainingOptions
from jobs.models.source import resolve


@pytest.fixture
def info(tiny):
    return resolve(str(tiny("llama")))


def test_flat_and_whole(info):
    flat = options_for(method("lora"), "quick", 700, info, {"rank": "8", "epochs": "1.5"})
    assert (flat["rank"], flat["epochs"]) == (8, 1.5)
    assert set(flat) == {o.name for o in describe_all(method("lora"))}
    training, own = split(method("lora"), flat)
    assert isinstance(training, TrainingOptions)
    assert own.rank == 8
    assert options_for(method("lora"), "quick", 700, info, flat) == flat


def test_names_on_the_command_line():
    promised = {"epochs", "learning_rate", "batch_size", "gradient_accumulation", "max_length"}
    names = {o.name for m in ("lora", "prompt-tuning") for o in describe_all(method(m))}
    assert promised <= names
    assert {"rank", "alpha", "dropout", "target_modules", "virtual_tokens", "init_text"} <= names


@pytest.mark.parametrize(
    ("name", "key", "value", "sentence"),
    [
        ("lora", "rnak", "8", "no option “rnak”"),
        ("prompt-tuning", "rank", "8", "no option “rank”"),
        ("lora", "rank", "0", "out of bounds"),
        ("lora", "epochs", "many", "not a number"),
        ("prompt-tuning", "virtual_tokens", "201", "out of bounds"),
        ("lora", "schedule", "steep", "cannot be “steep”"),
    ],
)
def test_refused(info, name, key, value, sentence):
    with pytest.raises(InputError, match=sentence):
        options_for(method(name), "quick", 700, info, {key: value})


def test_a_misspelt_option_is_put_right(info):
    with pytest.raises(InputError) as caught:
        options_for(method("lora"), "quick", 700, info, {"learning_rat": "1"})
    assert "“learning_rate”" in caught.value.cure


def test_unknown_effort(info):
    with pytest.raises(InputError, match="no effort “heroic”"):
        options_for(method("lora"), "heroic", 700, info, {})


def test_layers_by_name(info):
    flat = options_for(method("lora"), "quick", 700, info, {"target_modules": "q_proj, v_proj"})
    assert flat["target_modules"] == ("q_proj", "v_proj")
