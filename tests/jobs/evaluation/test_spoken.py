"""What is said beside the verdict of how many answers are exact."""

from __future__ import annotations

import pytest

from jobs.evaluation.comparison import compare
from jobs.evaluation.spoken import word_for_word
from jobs.types import Completion, Example, Interval

READ = "; the others differ, if only by a word or a figure: read a few."
AFAR = "; the others differ, by a word, a figure or altogether: read a few."
LINE = "Word for word the reference: "


def line(metric: str = "rougeL", prompts: int = 120, **exact: int) -> str:
    """The line for variants with so many exact answers; `base3` stands for `base+3`."""
    counts = {{"base3": "base+3", "base4": "base@4bit"}.get(v, v): n for v, n in exact.items()}
    summary = {
        v: {"exact_match": Interval(n / prompts, None, None, prompts)} for v, n in counts.items()
    }
    return word_for_word(tuple(counts), metric, summary)


def test_a_run_and_its_base_are_before_and_after() -> None:
    assert line(base=0, lora=104) == f"{LINE}0 of 120 before, 104 after{READ}"
    assert line(lora=104, base=0) == line(base=0, lora=104)
    assert line(base4=7, lora=104) == f"{LINE}7 of 120 before, 104 after{READ}"


def test_others_are_named() -> None:
    several = line(base=0, lora=104, other=120)
    assert several == f"{LINE}0 of 120 by the base, 104 by “lora”, all 120 by “other”{READ}"
    shots = "the base with 3 examples in its prompt"
    assert line(base=0, base3=50) == f"{LINE}0 of 120 by the base, 50 by {shots}{READ}"
    assert line(one=9, two=50) == f"{LINE}9 of 120 by “one”, 50 by “two”{READ}"
    assert line(lora=50) == f"{LINE}50 of 120{READ}"


def test_where_all_are_exact_nothing_is_left_to_differ() -> None:
    assert line(base=3, lora=120) == f"{LINE}3 of 120 before, all 120 after."
    assert line(base=120, lora=120) == f"{LINE}all 120 before, all 120 after."
    assert line(base=120, lora=119) == f"{LINE}all 120 before, 119 after{READ}"
    assert line(base=0, lora=1, prompts=1) == f"{LINE}0 of 1 before, 1 after."


@pytest.mark.parametrize(
    ("base", "lora", "few"), [(0, 0, "No"), (0, 1, "Hardly any"), (6, 6, "Hardly any")]
)
def test_free_writing_does_not_sound_like_a_failure(base: int, lora: int, few: str) -> None:
    told = f"{few} answer is word for word a reference ({base} of 120 before, {lora} after), which"
    assert line(base=base, lora=lora).startswith(f"{told} free writing seldom is.")
    assert "whether names and figures are right" in line(base=base, lora=lora)


def test_more_than_a_few_exact_answers_are_no_free_writing() -> None:
    assert "free writing" not in line(base=0, lora=7)
    assert "free writing" not in line(base=7, lora=0)


def test_short_answers_are_not_excused_as_free_writing() -> None:
    none = line("exact_match", base=0, lora=0)
    assert none == f"{LINE}0 of 120 before, 0 after. Each differs, if only by a figure: read a few."
    assert line("exact_match", base=0, lora=2) == f"{LINE}0 of 120 before, 2 after{AFAR}"


def test_where_one_is_often_exact_another_hardly_ever_may_be_far_off() -> None:
    several = line(base=0, lora=104, tuned=4)
    assert several == f"{LINE}0 of 120 by the base, 104 by “lora”, 4 by “tuned”{AFAR}"


def test_without_a_score_nothing_is_said() -> None:
    assert word_for_word(("base",), "rougeL", {"base": {}}) == ""
    no_one = {"base": {"exact_match": Interval(None, None, None, 0)}}
    assert word_for_word(("base",), "rougeL", no_one) == ""


def test_one_wrong_figure_is_counted_though_the_overlap_hardly_falls() -> None:
    """With several references each counts; spacing does not, and a typographic quote does."""
    wished = "Yes, order {} is “cancelled”. You will not be charged"
    examples = [Example(f"ask {n}", (wished.format(n), f"Yes: {n}"), n) for n in range(100, 160)]
    right = [wished.format(n) for n in range(100, 160)]
    right[0], right[1] = "Yes:  100 ", wished.format(11)
    right[2] = right[2].replace("“", '"')
    answers = {
        "base": {n: Completion("What should I do?", 3, False, 0.1) for n in range(60)},
        "lora": {n: Completion(right[n], 3, False, 0.1) for n in range(60)},
    }
    asked = [example.prompt for example in examples]
    result = compare(examples, asked, answers, ("base", "lora"), {}, "orders", "test")
    said, told = result.verdict.split("\n")
    assert said.startswith("“lora” is better than the base on 60 of 60 prompts; word overlap")
    assert told == f"{LINE}0 of 60 before, 58 after{READ}"
