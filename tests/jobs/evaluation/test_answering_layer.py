"""A layer made for answering: it is taken where it fits, and gives the model's own logits."""

from __future__ import annotations

import pytest


def layers_of(model):
    from jobs.evaluation.answering_layer import answering_layers
    from jobs.evaluation.mixing import Batch

    return answering_layers(model.requires_grad_(False), Batch())


def taken(model):
    return ["forward" in vars(layer) for layer in model.model.layers]


@pytest.mark.parametrize(
    ("name", "fits", "more"),
    [
        ("Llama", True, {}),
        ("Llama", False, {"attention_bias": True}),  # a bias behind the heads
        ("Qwen2", True, {}),  # biases before them
        ("Qwen3", False, {}),  # norms of queries and keys
        ("Gemma", True, {}),  # another activation, and norms that add one
        ("Mistral", False, {}),  # forgets what lies far back
    ],
)
def test_which_models_take_it(small, name, fits, more):
    import torch

    from jobs.evaluation.trial import trial

    model = small(name, **more)
    with torch.inference_mode():
        wanted = trial(model)
        assert bool(layers_of(model)) is fits
        assert taken(model) == [fits, fits]
        for ours, theirs in zip(trial(model), wanted, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


def test_one_layer_of_another_make_leaves_all_as_they_are(small):
    import torch

    model = small("Llama")
    model.model.layers[1].extra = torch.nn.Identity()
    assert layers_of(model) == []
    assert taken(model) == [False, False]


def test_layers_that_look_the_same_and_are_not_keep_their_own_way(small):
    """The trial sees what their parts do not show."""
    model = small("Llama")
    kind = type(model.model.layers[0])

    class Doubling(kind):
        def forward(self, *args, **kwargs):
            return 2 * super().forward(*args, **kwargs)

    for layer in model.model.layers:
        layer.__class__ = Doubling
    assert layers_of(model) == []
    assert taken(model) == [False, False]


def test_half_precision_is_left_alone(small):
    import torch

    assert layers_of(small("Llama").to(torch.bfloat16)) == []


def test_rows_of_all_kinds_get_what_the_models_own_layers_give_them(llama, prompts, rows_of):
    import torch

    from jobs.evaluation import streams

    names = ["base", "lora-1", "lora-2", "prefix-1", "soft-1", "soft-2"]
    base = llama.loaded(*(llama.variant(name, seed=n) for n, name in enumerate(names)))
    rows = [row for name in names for row in rows_of(base, name, prompts)]
    layers, known = base._layers, base._known
    assert len(layers) == 2
    assert sorted(known) == ["prefix-1", "soft-1", "soft-2"]
    found = []
    for ours in (True, False):
        for layer in layers:
            layer.fits = ours
        base._known = known if ours else {}
        assert {base.columns(row) - len(row.prompt_ids) for row in rows} == (
            {0} if ours else {0, 3, 5}
        )
        with torch.inference_mode():
            under_way = streams.stream(base, rows, 4, 0)
            first = under_way.read()
            then = under_way.step(torch.arange(len(rows)) % 40 + 12)
            staying = [place for place in range(len(rows)) if place % 3]
            under_way.keep(staying)
            after = under_way.step(torch.arange(len(staying)) % 40 + 12)
            found.append([first, then, after])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-3)


def test_an_adapter_on_some_layers_alone_is_heard_there(llama, prompts, rows_of):
    """With ranks and scalings of their own."""
    import peft
    import torch

    from jobs.evaluation.streams import stream

    torch.manual_seed(3)
    config = peft.LoraConfig(
        task_type="CAUSAL_LM", r=4, target_modules=["k_proj", "v_proj", "up_proj"],
        rank_pattern={"v_proj": 2}, alpha_pattern={"up_proj": 3}, init_lora_weights=False,
    )  # fmt: skip
    tuned = peft.get_peft_model(llama.clean(), config).eval()
    tuned.save_pretrained(str(llama.folder / "some"))
    variant = type(llama.variant("base"))("some", "float32", "lora", llama.folder / "some")
    base = llama.loaded(variant)
    assert base._layers
    ids = torch.tensor([prompts[0]])
    with torch.inference_mode():
        ours = stream(base, rows_of(base, "some", prompts[:1]), 1, 0).read()
        wanted = tuned(input_ids=ids).logits[:, -1]
    torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("where", [None, [0]])
def test_an_adapter_it_cannot_add_ends_it_for_all(llama, prompts, rows_of, where):
    """LoRA with a bias of its own: PEFT's way answers, and soft prompts get columns again."""
    import peft
    import torch

    from jobs.evaluation.streams import stream

    torch.manual_seed(3)
    config = peft.LoraConfig(
        task_type="CAUSAL_LM", r=4, target_modules=["q_proj", "down_proj"], lora_bias=True,
        init_lora_weights=False, layers_to_transform=where,
    )  # fmt: skip
    tuned = peft.get_peft_model(llama.clean(), config).eval()
    for name, parameter in tuned.named_parameters():
        if name.endswith("lora_B.default.bias"):
            parameter.data.normal_()
    tuned.save_pretrained(str(llama.folder / "odd"))
    odd = type(llama.variant("base"))("odd", "float32", "lora", llama.folder / "odd")
    base = llama.loaded(llama.variant("soft-1"), llama.variant("lora-1"))
    rows = [row for name in ("lora-1", "soft-1") for row in rows_of(base, name, prompts)]
    assert any(map(base.ahead, rows))
    with torch.inference_mode():
        before = stream(base, rows, 1, 0).read()
        base.add(odd)
        assert not any(map(base.ahead, rows))
        after = stream(base, rows, 1, 0).read()
        ours = stream(base, rows_of(base, "odd", prompts[:1]), 1, 0).read()
        wanted = tuned(input_ids=torch.tensor([prompts[0]])).logits[:, -1]
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=1e-3)
    later = llama.variant("lora-2")
    fresh = llama.loaded(later)
    base.add(later)
    with torch.inference_mode():
        theirs = stream(fresh, rows_of(fresh, "lora-2", prompts), 1, 0).read()
        ours = stream(base, rows_of(base, "lora-2", prompts), 1, 0).read()
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-3)
