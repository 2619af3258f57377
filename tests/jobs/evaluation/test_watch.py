"""Answers as they grow: every look is the beginning of the answer that comes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jobs.evaluation.batching import Row
from jobs.evaluation.generate import Request
from jobs.evaluation.watch import Watch
from jobs.types import GenerationSettings


@pytest.fixture
def watched():
    """A watch on a clock that stands still until it is moved, and what it told."""
    now = SimpleNamespace(time=0.0, told=[])

    def on_words(so_far):
        now.told.append({name: (c.text, c.tokens, c.seconds) for (name, _), c in so_far.items()})

    read = lambda row, ids: " ".join(map(str, ids))  # noqa: E731
    return Watch(on_words, read, pace=1.0, clock=lambda: now.time), now


def test_first_words_are_told_at_once_and_the_others_at_a_pace(watched):
    watch, now = watched
    row = Row("base", 0, (1, 2))
    watch.begin([row])
    assert now.told == [{"base": ("", 0, 0.0)}]
    now.time = 0.5
    watch.step([(row, [7])])
    assert now.told[1:] == [{"base": ("7", 1, 0.5)}]
    now.time = 1.0
    watch.step([(row, [7, 8])])
    assert len(now.told) == 2
    now.time = 1.5
    watch.step([(row, [7, 8, 9])])
    assert now.told[2:] == [{"base": ("7 8 9", 3, 1.5)}]
    watch.step([])
    watch.flush()
    assert len(now.told) == 3


def asked(llama, answerer, names, prompt, stop=lambda: False, **how):
    told, found = [], {}
    whole = answerer.answer(
        [Request(name, 0, tuple(prompt)) for name in names],
        GenerationSettings(24, "float32", "{prompt}", **how),
        (3, 7, 11),
        0,
        lambda name, _index, completion: found.setdefault(name, completion),
        stop,
        lambda so_far: told.append({name: c for (name, _), c in so_far.items()}),
    )
    return SimpleNamespace(whole=whole, told=told, found=found)


@pytest.mark.parametrize("how", [{}, {"temperature": 1.0, "seed": 3}], ids=["greedy", "sampled"])
def test_what_is_told_grows_into_the_answer(llama, prompts, monkeypatch, how):
    monkeypatch.setattr("jobs.evaluation.watch.PACE", 0.0)
    answerer = llama.answerer(llama.variant("base"), llama.variant("lora-1"))
    result = asked(llama, answerer, ["base", "lora-1"], prompts[0], **how)
    plain = llama.ask(answerer, ["base", "lora-1"], [prompts[0]], **how).found
    assert result.whole
    for name in ("base", "lora-1"):
        texts = [told[name].text for told in result.told if name in told]
        assert texts[0] == ""
        assert texts == sorted(texts, key=len)
        assert all(result.found[name].text.startswith(text) for text in texts)
        assert result.found[name].text == plain[name, 0].text


def test_a_stop_tells_all_that_was_written(llama, prompts, monkeypatch):
    monkeypatch.setattr("jobs.evaluation.watch.PACE", 3600.0)
    answerer = llama.answerer(llama.variant("base"))
    whole = llama.ask(answerer, ["base"], [prompts[1]]).found["base", 0]
    assert whole.tokens > 4
    looks = iter(range(100))
    cut = asked(llama, answerer, ["base"], prompts[1], stop=lambda: next(looks) == 3)
    assert not cut.whole
    assert cut.found == {}
    last = cut.told[-1]["base"]
    assert 1 < last.tokens < whole.tokens
    assert whole.text.startswith(last.text)
