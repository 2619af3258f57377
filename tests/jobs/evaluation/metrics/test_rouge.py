"""ROUGE: Google's numbers on ASCII, sense in every other script."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.evaluation.metrics import metric

NAMES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
WORD = st.sampled_from(
    ["a", "b", "the", "The", "cat", "x1", "7", "don't", "re-do", "..", "_", "\n"]
)
TEXT = st.one_of(
    st.lists(WORD, max_size=25).map(" ".join),
    st.text(st.characters(codec="ascii"), max_size=60),
)


@pytest.fixture(scope="module")
def google():
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(NAMES), use_stemmer=False)


@settings(max_examples=3000, deadline=None)
@given(completion=TEXT, references=st.lists(TEXT, min_size=1, max_size=3))
def test_ascii_scores_are_googles(google, completion, references):
    theirs = google.score_multi(references, completion)
    for name in NAMES:
        ours = metric(name).score(completion, references)
        if ours.value is None:
            assert not any(c.isalnum() for c in "".join(references))
            continue
        assert ours.value == pytest.approx(theirs[name].fmeasure, abs=1e-9)
        assert ours.parts["precision"] == pytest.approx(theirs[name].precision, abs=1e-9)
        assert ours.parts["recall"] == pytest.approx(theirs[name].recall, abs=1e-9)


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1))
def test_identical_text_scores_one_whatever_it_is(text):
    for name in NAMES:
        score = metric(name).score(text, [text])
        one_ascii_word = name == "rouge2" and text.isascii()
        assert score.value in ((0.0, 1.0, None) if one_ascii_word else (1.0, None))


def test_all_of_a_mixed_text_counts():
    """Half of it wrong is not all of it right."""
    score = metric("rouge1").score("猫 cat", ["狗 cat"])
    assert score.value == 0.5


@pytest.mark.parametrize("name", NAMES)
def test_the_best_of_several_references_counts(name):
    score = metric(name).score("the red cat sits", ["a dog", "the red cat sits", "the red"])
    assert score.value == 1.0


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_completion_scores_nothing(name):
    """Trap 31: it counts, as 0."""
    assert metric(name).score("", ["a word"]).value == 0.0
    assert metric(name).score("...", ["a word"]).value == 0.0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("completion", ["!!!", "a word", ""])
@pytest.mark.parametrize("references", [["!!!"], ["...", ""], []])
def test_a_reference_without_a_word_gives_no_score_but_a_reason(name, completion, references):
    score = metric(name).score(completion, references)
    assert score.value is None
    assert score.reason


@pytest.mark.parametrize("name", NAMES)
def test_a_reference_without_a_word_is_left_out_where_there_is_another(name):
    assert metric(name).score("two words", ["...", "two words"]).value == 1.0
    assert metric(name).score("!!!", ["...", "two words"]).value == 0.0


def test_lsum_is_rouge_l_until_there_are_lines():
    one_line = ("the cat sat on the mat", ["a dog sat by the mat"])
    assert metric("rougeLsum").score(*one_line) == metric("rougeL").score(*one_line)
    turned = ("second line here\nfirst line here", ["first line here\nsecond line here"])
    assert metric("rougeLsum").score(*turned).value == 1.0
    assert metric("rougeL").score(*turned).value < 1.0


@settings(max_examples=3000, deadline=None)
@given(
    lines=st.lists(st.lists(WORD, max_size=8).map(" ".join), max_size=5).map("\n".join),
    reference=st.lists(st.lists(WORD, max_size=8).map(" ".join), max_size=5).map("\n".join),
)
def test_lsum_of_several_lines_is_googles(google, lines, reference):
    ours = metric("rougeLsum").score(lines, [reference])
    if ours.value is not None:
        wanted = google.score(reference, lines)["rougeLsum"]
        assert ours.value == pytest.approx(wanted.fmeasure, abs=1e-9)
        assert ours.parts["recall"] == pytest.approx(wanted.recall, abs=1e-9)


metric_of = {name: metric(name) for name in NAMES}


def test_a_large_test_set_is_scored_in_no_time():
    """4,693 references of some 20 words and 4 variants took 0.7 s of one core; the table of
    `rouge_score` takes minutes."""
    draw = random.Random(0)
    words = [f"word{n}" for n in range(300)]
    texts = [" ".join(draw.choices(words, k=20)) for _ in range(1000)]
    before = time.process_time()
    for number, text in enumerate(texts):
        for shift in range(4):
            for name in NAMES:
                metric_of[name].score(texts[(number + shift) % 1000], (text,))
    assert time.process_time() - before < 2
