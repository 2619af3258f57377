"""The answers are those that plain transformers and peft give to single prompts."""

from __future__ import annotations

import inspect

import pytest

from jobs.errors import InputError, NotFound
from jobs.types import GenerationSettings, Variant


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
    if zoo.kind != "t5":  # a prefix is offered for causal models alone
        variants.insert(2, zoo.variant("prefix-1", seed=5))
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


def test_layers_that_peft_mixes_by_row_leave_the_base_alone(llama, prompts):
    """Trap 22, where an adapter stands on the embeddings."""
    import peft
    import torch

    torch.manual_seed(4)
    config = peft.LoraConfig(
        task_type="CAUSAL_LM", r=4, target_modules=["embed_tokens", "v_proj"],
        init_lora_weights=False,
    )  # fmt: skip
    folder = llama.folder / "words"
    tuned = peft.get_peft_model(llama.clean(), config)
    tuned.save_pretrained(str(folder), save_embedding_layers=False)
    words = Variant("words", "float32", "lora", folder)
    variants = [llama.variant("base"), words, llama.variant("lora-1")]
    found = llama.ask(llama.answerer(*variants), [v.name for v in variants], prompts[:4]).found
    for variant in variants:
        expect(llama, variant, prompts[:4], found)


def test_a_prompt_may_hold_the_token_that_pads(zoo):
    """Trap 1: many models pad with their end token, which stands in every chat."""
    inside = [[20, 0, 21, 0], [0, 0, 22], [23, 24, 0, 0, 25, 26, 0]]
    variants = [zoo.variant("base"), zoo.variant("soft-1", seed=2)]
    found = zoo.ask(zoo.answerer(*variants), [v.name for v in variants], inside).found
    for variant in variants:
        expect(zoo, variant, inside, found)


def test_the_models_own_generation_config_changes_nothing(llama, prompts):
    """Trap 27: a config that samples and punishes repetition."""
    plain = llama.variant("base")
    llama.changed = {
        "do_sample": True,
        "temperature": 0.6,
        "repetition_penalty": 3.0,
        "forced_bos_token_id": 20,
        "max_new_tokens": 2,
    }
    result = llama.ask(llama.answerer(plain), ["base"], prompts)
    expect(llama, plain, prompts, result.found)


def test_an_adapter_that_changes_nothing_is_reported(llama, prompts):
    """Trap 23: an untrained LoRA adapter (its B is zero) answers as the base does."""
    variants = [llama.variant("base"), llama.variant("zero-1"), llama.variant("lora-1")]
    answerer = llama.answerer(*variants)
    llama.ask(answerer, [v.name for v in variants], prompts[:2])
    assert answerer.silent_variants() == ("zero-1",)


def test_a_base_is_loaded_once_a_precision_and_only_one_is_held(llama, prompts):
    four_bit = llama.variant("base@4bit", precision="4bit")
    tuned = llama.variant("lora-1")
    names = ["base", "base@4bit", "lora-1"]
    answerer = llama.answerer(llama.variant("base"), four_bit, tuned)
    assert len(llama.ask(answerer, names, prompts[:2]).found) == 6
    assert llama.loads == ["float32", "4bit"]
    llama.ask(answerer, ["base@4bit"], prompts[:2])
    assert llama.loads == ["float32", "4bit"]
    llama.ask(answerer, ["base"], prompts[:2])
    assert llama.loads == ["float32", "4bit", "float32"]


def test_a_playground_keeps_every_precision(llama, prompts):
    four_bit = llama.variant("base@4bit", precision="4bit")
    answerer = llama.answerer(llama.variant("base"), four_bit, keep=True)
    for _ in range(2):
        llama.ask(answerer, ["base", "base@4bit"], prompts[:1])
    assert llama.loads == ["float32", "4bit"]


def test_memory_comes_back_when_it_is_closed(llama, prompts):
    import gc
    import weakref

    models = []
    load = llama.load_base

    def remember(*arguments):
        model = load(*arguments)
        models.append(weakref.ref(model))
        return model

    llama.load_base = remember
    variants = [llama.variant("base"), llama.variant("lora-1"), llama.variant("soft-1")]
    answerer = llama.answerer(*variants)
    llama.ask(answerer, [v.name for v in variants], prompts[:1])
    answerer.close()
    gc.collect()
    assert [model() for model in models] == [None]


def test_completions_come_as_they_finish_and_a_stop_loses_none(llama, prompts):
    answerer = llama.answerer(llama.variant("base"))
    asked = iter(range(1000))
    cut = llama.ask(answerer, ["base"], prompts, stop=lambda: next(asked) > 10)
    assert not cut.whole
    assert 0 < len(cut.found) < len(prompts)
    whole = llama.ask(answerer, ["base"], prompts).found
    assert all(whole[key].text == completion.text for key, completion in cut.found.items())


@pytest.fixture
def forwards(llama, monkeypatch):
    """Rows x tokens of everything that the base is asked, in order."""
    shapes = []
    load = llama.load_base

    def counting(*arguments):
        model = load(*arguments)
        real = model.forward

        def forward(input_ids=None, inputs_embeds=None, **rest):
            given = input_ids if input_ids is not None else inputs_embeds
            shapes.append(tuple(given.shape[:2]))
            return real(input_ids=input_ids, inputs_embeds=inputs_embeds, **rest)

        # PEFT and the engine look at the names of what a forward takes.
        forward.__signature__ = inspect.signature(real)
        model.forward = forward
        return model

    monkeypatch.setattr(llama, "load_base", counting)
    return shapes


def test_rows_that_finished_are_not_computed_on(llama, prompts, forwards):
    """What is computed beside what is written: the end tokens, and rows that wait to leave."""
    answerer = llama.answerer(llama.variant("base"))
    found = llama.ask(answerer, ["base"], prompts, new_tokens=96).found
    written = sum(completion.tokens for completion in found.values())
    longest = max(completion.tokens for completion in found.values())
    begun = next(n for n, (rows, _) in enumerate(forwards) if rows == len(prompts))
    steps = [rows for rows, tokens in forwards[begun:] if tokens == 1]  # before: trials of the base
    assert sum(steps) <= written
    assert written < 0.7 * longest * len(prompts)  # else leaving would save nothing
    assert steps[0] > steps[-1]


def test_after_a_stop_not_one_step_more_is_computed(llama, prompts, forwards):
    """Playground and comparison ask before each step, and before each part of the prompts."""
    from jobs.evaluation import streams

    answerer = llama.answerer(llama.variant("base"))
    counts = []

    def stop():
        counts.append(len(forwards))
        return len(counts) > 6

    assert not llama.ask(answerer, ["base"], prompts, stop=stop).whole
    assert len(forwards) == counts[6]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(streams.READ_AT_ONCE, "cpu", 60)
        forwards.clear()
        counts.clear()
        counts.extend([0] * 4)
        assert not llama.ask(answerer, ["base"], prompts, stop=stop).whole
        assert len(forwards) == counts[6] == 1  # of several parts


def test_a_prompt_that_does_not_fit_loses_its_middle_and_is_listed(llama):
    long = [list(range(12, 60)) * 6, [20, 21]]
    answerer = llama.answerer(llama.variant("base"))
    result = llama.ask(answerer, ["base"], long)
    assert answerer.shortened == {("base", 0)}
    room = 256 - 24
    kept = [*long[0][: room // 2], *long[0][-(room - room // 2) :]]
    expect(llama, llama.variant("base"), [kept, long[1]], result.found)


def test_a_soft_prompt_takes_its_room_from_the_prompt(llama):
    """Trap 17: all of it stays within the model's positions."""
    long = [list(range(12, 60)) * 6]
    soft = llama.variant("soft-1")
    answerer = llama.answerer(soft)
    result = llama.ask(answerer, ["soft-1"], long)
    assert answerer.shortened == {("soft-1", 0)}
    room = 256 - 24 - 5
    kept = [*long[0][: room // 2], *long[0][-(room - room // 2) :]]
    expect(llama, soft, [kept], result.found)


def test_answers_that_leave_no_room_for_a_prompt_are_refused(llama):
    with pytest.raises(InputError, match="no room"):
        llama.ask(llama.answerer(llama.variant("base")), ["base"], [[20]], new_tokens=256)


def test_too_little_memory_halves_the_batch(llama, prompts, monkeypatch):
    import torch

    from jobs.evaluation import generate

    sizes = []
    real = generate.decode

    def cramped(base, rows, *rest):
        sizes.append(len(rows))
        if len(rows) > 4:
            raise torch.OutOfMemoryError("no room")
        return real(base, rows, *rest)

    monkeypatch.setattr(generate, "decode", cramped)
    result = llama.ask(llama.answerer(llama.variant("base")), ["base"], prompts)
    assert len(result.found) == 12
    assert sizes == [12, 6, 3, 3, 6, 3, 3]


def test_sampling_is_seeded_and_independent_of_the_batch(llama, prompts):
    answerer = llama.answerer(llama.variant("base"), llama.variant("lora-1"))
    how = {"temperature": 1.0, "top_p": 0.9}
    together = llama.ask(answerer, ["base", "lora-1"], prompts, seed=1, **how).found
    alone = llama.ask(answerer, ["base"], prompts[:3], seed=1, **how).found
    other = llama.ask(answerer, ["base"], prompts[:3], seed=2, **how).found
    greedy = llama.ask(answerer, ["base"], prompts[:3]).found
    assert all(alone[key].text == together[key].text for key in alone)
    assert any(alone[key].text != other[key].text for key in alone)
    narrow = llama.ask(answerer, ["base"], prompts[:3], temperature=1.0, top_p=1e-6).found
    assert all(narrow[key].text == greedy[key].text for key in narrow)


def test_another_run_under_a_name_that_was_used_is_another_run(llama, prompts):
    """A resident playground outlives a run that was deleted and made anew."""
    answerer = llama.answerer(llama.variant("lora-1", seed=1), keep=True)
    before = llama.ask(answerer, ["lora-1"], prompts).found
    other = llama.variant("lora-2", seed=9)
    answerer.add(Variant("lora-1", "float32", "lora", other.adapter))
    after = llama.ask(answerer, ["lora-1"], prompts).found
    assert any(before[key].text != after[key].text for key in before)


def test_a_variant_nobody_added_is_an_error(llama, prompts):
    with pytest.raises(NotFound, match="lora-9"):
        llama.ask(llama.answerer(), ["lora-9"], prompts)


def test_of_equal_logits_the_first_is_taken(llama):
    """As torch and so transformers do, whoever looks for it."""
    import torch

    from jobs.evaluation.decoding import _choose

    greedy = GenerationSettings(8, "float32", "{prompt}")
    logits = torch.tensor([[0.0, 2.0, 2.0], [3.0, 3.0, 1.0], [-5.0, -4.0, -1.0]])
    for dtype in (torch.float32, torch.bfloat16):
        assert _choose(logits.to(dtype), greedy, []) == [1, 0, 2]
