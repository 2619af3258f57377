"""Prompt tuning: where it starts, and that generation uses it."""

from __future__ import annotations

import pytest

from jobs.methods import keeps_whole_model, method
from jobs.methods.prompt_tuning import PromptTuningOptions, start_ids
from jobs.models.source import resolve
from jobs.models.tokenizer import load_tokenizer

FAMILIES = ("llama", "gpt2", "t5")


@pytest.fixture
def soft(base):
    """`soft("t5")`: a model with a soft prompt of 7, its tokenizer beside it."""

    def make(family, **changes):
        chosen = method("prompt-tuning")
        model, tokenizer, _ = base(chosen, family)
        options = PromptTuningOptions(**({"virtual_tokens": 7} | changes))
        return chosen.attach(model, tokenizer, options, seed=3), tokenizer

    return make


def vectors(model):
    return model.prompt_encoder["default"].embedding.weight


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("text", ["ab", "a text that is longer than seven tokens"])
def test_starts_from_the_words_of_the_text_alone(soft, family, text):
    """Trap 15: repeated or cut, without beginning or end token."""
    import torch

    model, tokenizer = soft(family, init_text=text)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    expected = model.get_base_model().get_input_embeddings()(torch.tensor(ids))
    assert torch.equal(vectors(model), torch.stack([expected[i % len(ids)] for i in range(7)]))


def test_without_a_text_it_starts_from_words_of_the_vocabulary(soft):
    model, tokenizer = soft("llama", init_text=" ".strip())
    table = model.get_base_model().get_input_embeddings().weight
    at = [int((table == v).all(dim=1).nonzero()[0]) for v in vectors(model)]
    assert len(set(at)) > 1
    assert not set(at) & set(tokenizer.all_special_ids)


@pytest.mark.parametrize("text", ["ab", ""])
def test_no_special_token_is_among_its_words(tiny, text):
    """Trap 15: many tokenizers put a beginning and an end around every text."""
    from tokenizers.processors import TemplateProcessing

    tokenizer = load_tokenizer(resolve(str(tiny("llama"))))
    ends = [("<s>", 1), ("<|end|>", 2)]
    around = TemplateProcessing(single="<s> $A <|end|>", special_tokens=ends)
    tokenizer.backend_tokenizer.post_processor = around
    assert tokenizer("ab")["input_ids"][::3] == [1, 2]
    options = PromptTuningOptions(virtual_tokens=200, init_text=text)
    for seed in range(20):
        ids = start_ids(tokenizer, options, len(tokenizer), seed).tolist()
        assert not set(ids) & set(tokenizer.all_special_ids)


@pytest.mark.parametrize("family", FAMILIES)
def test_generation_uses_it_and_the_cache_changes_nothing(soft, family):
    """Trap 16."""
    import torch

    model, tokenizer = soft(family)
    asked = tokenizer("Say something", return_tensors="pt", return_token_type_ids=False)
    plan = {"max_new_tokens": 12, "do_sample": False, "pad_token_id": 0}

    def answer(cache):
        with torch.no_grad():
            return model.generate(**asked, **plan, use_cache=cache)[0].tolist()

    before = answer(True)
    assert before == answer(False)
    with torch.no_grad():
        vectors(model).add_(torch.randn(vectors(model).shape) * 3)
    assert answer(True) != before
    assert answer(True) == answer(False)


@pytest.mark.parametrize("family", FAMILIES)
def test_shapes(soft, rows, family):
    """Trap 17: causal logits are longer by the virtual tokens; a decoder's are not."""
    model, _ = soft(family)
    longer = 0 if family == "t5" else 7
    given = {k: v for k, v in rows.items() if k != "labels"}
    if family == "t5":
        given["decoder_input_ids"] = rows["input_ids"]
    assert model(**given).logits.shape[1] == rows["input_ids"].shape[1] + longer


def test_an_encoder_decoder_trains_no_vector_that_it_never_reads(soft):
    model, _ = soft("t5")
    assert vectors(model).shape == (7, 64)


def test_it_cannot_be_merged():
    """Trap 19: no run of it, and no export of one, is a model of its own."""
    assert not keeps_whole_model("prompt-tuning")
