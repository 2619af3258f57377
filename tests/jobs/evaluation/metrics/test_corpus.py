"""BLEU and chrF: sacrebleu's numbers on everything, rows and test sets, several references."""

from __future__ import annotations

import random

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.evaluation.corpus import difference
from jobs.evaluation.metrics import CorpusMetric, metric
from jobs.evaluation.metrics.bleu import tokenizer_for
from jobs.evaluation.statistics import sign_test
from jobs.types import Difference

NAMES = ("bleu", "chrf")
WORD = st.sampled_from(
    ["a", "b", "the", "The", "cat", "x1", "3.5", "don't", "..", "&amp;", "re-\ndo", "\n", " ",
     "猫", "ありが", "مرحبا", "é", "e\u0301", "😀", "<skipped>", "$5,00"]
)  # fmt: skip
TEXT = st.one_of(st.lists(WORD, max_size=20).map(" ".join), st.text(max_size=40))


def theirs(name, tokenizer="13a"):
    if name == "chrf":
        return sacrebleu.CHRF()
    return sacrebleu.BLEU(tokenize=tokenizer, effective_order=True)


@settings(max_examples=2000, deadline=None)
@given(completion=TEXT, references=st.lists(TEXT, min_size=1, max_size=3))
@pytest.mark.parametrize("tokenizer", ["13a", "zh", "char"])
def test_rows_are_sacrebleus(tokenizer, completion, references):
    for name in NAMES:
        one = metric(name)
        if name == "bleu":
            one = type(one)(tokenizer)
        ours = one.score(completion, references).value
        if ours is None:
            assert not any("".join(theirs(name)._preprocess_segment(r)).split() for r in references)
            continue
        wanted = theirs(name, tokenizer).sentence_score(completion, references).score / 100
        assert ours == pytest.approx(wanted, abs=1e-9)


def corpus(seed, rows=300):
    """Random texts over few words, so that runs match; one to three references each."""
    draw = random.Random(seed)
    words = ["a", "red", "cat", "sits", "on", "the", "mat,", "twice.", "é", "猫", "7", "don't"]

    def text():
        return " ".join(draw.choices(words, k=draw.randrange(1, 25)))

    return [text() for _ in range(rows)], [[text() for _ in range(3)] for _ in range(rows)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(12))
def test_whole_test_sets_are_sacrebleus(name, seed):
    """12 seeds x 300 rows."""
    completions, references = corpus(seed)
    one = metric(name)
    assert isinstance(one, CorpusMetric)
    pairs = zip(completions, references, strict=True)
    sums = np.sum([one.statistics(c, r) for c, r in pairs], axis=0, dtype=np.float64)
    judge = sacrebleu.BLEU() if name == "bleu" else sacrebleu.CHRF()
    wanted = judge.corpus_score(completions, [list(one) for one in zip(*references, strict=True)])
    assert one.whole(sums[None])[0] == pytest.approx(wanted.score / 100, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "tokenizer"),
    [
        ("The cat sat.", "13a"),
        ("", "13a"),
        ("الطقس جميل", "13a"),
        ("आज मौसम", "13a"),
        ("今天天气很好", "zh"),
        ("今日はとても良い天気ですね", "char"),
        ("วันนี้อากาศดีมาก", "char"),
        ("A letter that quotes 一 character", "13a"),
    ],
)
def test_the_tokenizer_follows_the_script(text, tokenizer):
    assert tokenizer_for(text) == tokenizer
    assert metric("bleu").fitted([[text]]).tokenizer == tokenizer


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_completion_scores_nothing_and_an_empty_reference_is_no_reference(name):
    assert metric(name).score("", ["some words here"]).value == 0.0
    unscored = metric(name).score("a", ["  "])
    assert unscored.value is None
    assert unscored.reason


def test_a_test_set_of_three_words_has_no_bleu():
    one = metric("bleu")
    short = np.array([one.statistics("a b c", ["a b c"])], dtype=np.float64)
    assert np.isnan(one.whole(short)[0])
    assert one.score("a b c", ["a b c"]).value == pytest.approx(1.0)


@pytest.mark.parametrize("name", NAMES)
def test_where_every_prompt_gains_the_same_luck_is_that_of_coins(name):
    """No resample differs from another: it says nothing of how far the next prompt may lie."""
    one = metric(name)
    right = [one.statistics("A cat sat on the mat.", ["A cat sat on the mat."])] * 60
    wrong = [one.statistics("Nobody knows of dogs.", ["A cat sat on the mat."])] * 60
    told = Difference("a", "b", name, None, None, None, 60, 0, 0, sign_test=sign_test(60, 0))
    found = difference(one, told, right, wrong, 0)
    assert found.delta > 0.5
    assert found.p == sign_test(60, 0)
    assert difference(one, told, right, right, 0).p == 1.0
