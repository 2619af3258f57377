"""The answers are those that plain transformers and peft give to single prompts."""

from __future__ import annotations


def expect(zoo, variant, prompts, found, new_tokens=24):
    for index, (ids, hit_limit) in enumerate(zoo.plain(variant, prompts, new_tokens)):
        completion = found[variant.name, index]
        assert completion.text == " ".join(map(str, ids)), (variant.name, index)
        assert completion.hit_limit is hit_limit
        assert completion.tokens == len(ids)


def test_a_mixed_batch_equals_single_prompts_of_each_variant(zoo, prompts):
    """Traps 16, 18, 22, 25 and 26 at once: token for token, in float32."""
    variants = [
        zoo.variant("base"),
        zoo.variant("lora-1", seed=1),
        zoo.variant("soft-1", seed=2),
        zoo.variant("lora-2", seed=3),
        zoo.variant("soft-2", seed=4),
    ]
    answerer = zoo.answerer(*variants)
    result = zoo.ask(answerer, [v.name for v in variants], prompts)
    assert result.whole
    for variant in variants:
        expect(zoo, variant, prompts, result.found)
    assert zoo.loads == ["float32"]
    assert answerer.silent_variants() == ()
    texts = {c.text for c in result.found.values()}
    lengths = {c.tokens for c in result.found.values()}
    assert len(texts) > 20  # the models are lively enough for this to mean something
    assert len(lengths) > 5
