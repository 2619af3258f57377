"""How likely a reference is: what plain transformers gives, in any batch, and harmless beside."""

from __future__ import annotations

import pytest

from jobs.evaluation import likelihood


def plain_nll(zoo, variant, prompt, target):
    """One prompt and its reference in one pass, by transformers and peft alone."""
    import torch
    from peft import PeftModel

    model = zoo.clean()
    if variant.adapter is not None:
        model = PeftModel.from_pretrained(model, str(variant.adapter)).eval()
    with torch.no_grad():
        if zoo.kind == "t5":
            before = torch.tensor([[0, *target[:-1]]])
            logits = model(input_ids=torch.tensor([prompt]), decoder_input_ids=before).logits
        else:
            logits = model(input_ids=torch.tensor([[*prompt, *target[:-1]]])).logits
    scores = logits[0, -len(target) :].double().log_softmax(-1)
    return -sum(float(scores[place, token]) for place, token in enumerate(target))


@pytest.fixture
def asked(zoo, prompts):
    """Three variants in mixed batches, references of different lengths."""
    import random

    draw = random.Random(8)
    targets = [(*draw.choices(range(12, 64), k=1 + n % 7), 3) for n in range(len(prompts))]
    variants = [zoo.variant("base"), zoo.variant("lora-1"), zoo.variant("soft-1", seed=2)]
    return zoo, variants, prompts, targets


def answers(zoo, variants, prompts, targets):
    from jobs.evaluation.generate import Request
    from jobs.types import GenerationSettings

    found = {}
    requests = [
        Request(v.name, i, tuple(ids), targets[i] if targets else ())
        for i, ids in enumerate(prompts)
        for v in variants
    ]
    zoo.answerer(*variants).answer(
        requests,
        GenerationSettings(24, "float32", "{prompt}"),
        (3, 7, 11),  # end tokens and padding of these models
        0,
        lambda name, index, done: found.__setitem__((name, index), done),
    )
    return found


def test_it_is_what_transformers_gives_one_by_one(asked):
    zoo, variants, prompts, targets = asked
    found = answers(zoo, variants, prompts, targets)
    for variant in variants:
        for index, prompt in enumerate(prompts):
            done = found[variant.name, index]
            wanted = plain_nll(zoo, variant, prompt, targets[index])
            assert done.nll == pytest.approx(wanted, rel=1e-4)
            assert done.reference_tokens == len(targets[index])


def test_asking_for_it_changes_no_answer(asked):
    zoo, variants, prompts, targets = asked
    with_it = answers(zoo, variants, prompts, targets)
    without = answers(zoo, variants, prompts, ())
    assert {key: done.text for key, done in with_it.items()} == {
        key: done.text for key, done in without.items()
    }
    assert all(done.nll is None for done in without.values())


def test_little_room_for_logits_changes_nothing(asked, monkeypatch):
    zoo, variants, prompts, targets = asked
    before = answers(zoo, variants[:1], prompts, targets)
    monkeypatch.setattr(likelihood, "LOGITS_AT_ONCE", 1)
    after = answers(zoo, variants[:1], prompts, targets)
    for key, done in before.items():
        assert after[key].nll == pytest.approx(done.nll, rel=1e-5)


def test_a_reference_longer_than_answers_may_be_is_not_asked_for(llama, prompts):
    found = answers(llama, [llama.variant("base")], prompts[:2], [(20,) * 25, (20, 3)])
    assert found["base", 0].nll is None
    assert found["base", 1].nll is not None
