"""The last layer reads a prompt the short way: the same logits, and only where it can."""

from __future__ import annotations

import pytest


def counted(zoo, name, rows_of, prompts):
    """A base with a variant, its rows, and a list of how many columns each layer's gates get."""
    base, columns = zoo.loaded(zoo.variant(name)), []
    rows = rows_of(base, name, prompts)

    def count(norm, given):
        columns.append(given[0].numel() // len(norm.weight) // len(rows))

    for layer in base.model.model.layers:
        layer.post_attention_layernorm.register_forward_pre_hook(count)
    return base, rows, columns


@pytest.mark.parametrize("name", ["base", "lora-1", "soft-1", "prefix-1"])
def test_logits_and_what_is_remembered_are_the_same(llama, prompts, rows_of, name):
    import torch

    from jobs.evaluation import streams

    base, rows, columns = counted(llama, name, rows_of, prompts)
    longest = max(base.columns(row) for row in rows)
    found, short = [], base._last
    assert short is not None
    with torch.inference_mode():
        for way in (short, None):
            base._last = way
            columns.clear()
            under_way = streams.stream(base, rows, 4, 0)
            first = under_way.read()
            assert columns == [longest, 1 if way else longest]
            found.append([first, under_way.step(torch.arange(len(rows)) + 12)])
    for ours, wanted in zip(*found, strict=True):
        torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=1e-3)


def test_a_prompt_without_tokens_behind_a_prefix_is_read_in_full(llama, rows_of):
    """The prefix reaches into the last column there."""
    import torch

    from jobs.evaluation import streams

    base = llama.loaded(llama.variant("prefix-1"))
    rows = rows_of(base, "prefix-1", [[], [20, 21]])
    with torch.inference_mode():
        found = streams.stream(base, rows, 1, 0).read()
        base._last = None
        wanted = streams.stream(base, rows, 1, 0).read()
    assert torch.equal(found, wanted)


def test_references_are_read_in_full(llama, prompts, rows_of):
    """Their likelihood needs the logits of every token."""
    import torch

    from jobs.evaluation import streams

    base = llama.loaded(llama.variant("base"))
    rows = rows_of(base, "base", prompts)
    with torch.inference_mode():
        under_way = streams.stream(base, rows, 8, 0)
        under_way.read()
        ids = torch.arange(4).expand(len(rows), 4) + 12
        assert under_way.branch().advance(ids).shape[:2] == (len(rows), 4)


@pytest.mark.parametrize(
    ("name", "can"), [("Llama", True), ("Qwen3", True), ("Gemma", True), ("Mistral", False)]
)
def test_which_models_take_the_short_way(small, name, can):
    """Mistral's layers forget what lies far back: there the columns of keys are not the mask's."""
    from jobs.evaluation.last_layer import last_layer

    model = small(name)
    assert (last_layer(model) is not None) is can


def test_a_model_whose_layer_wants_all_columns_reads_as_it_always_does(zoo):
    """GPT-2 gives its output the shape of its input; T5 has an encoder."""
    from jobs.evaluation.last_layer import last_layer

    model = zoo.clean()
    found = last_layer(model)
    assert (found is not None) is (zoo.kind == "llama")
    if found is None:
        assert not any("forward" in vars(module) for module in model.modules())


def test_a_layer_that_mixes_columns_elsewhere_keeps_its_own_way(small):
    """Its trial gives other logits: what it adds comes from all columns."""
    from jobs.evaluation.last_layer import last_layer

    model = small("Llama")
    layer = model.model.layers[-1]
    own = layer.forward

    def mixing(hidden_states, attention_mask=None, past_key_values=None, **kwargs):
        found = own(hidden_states, attention_mask, past_key_values=past_key_values, **kwargs)
        return found + hidden_states.mean(dim=1, keepdim=True)

    layer.forward = mixing
    assert last_layer(model) is None
    assert layer.forward is mixing
