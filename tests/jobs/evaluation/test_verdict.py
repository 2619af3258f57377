"""The sentences that the rules make."""

from __future__ import annotations

from dataclasses import replace

from differences import made

from jobs.evaluation.verdict import led_by, number, sentence
from jobs.types import Difference, Interval


def said(*differences, variants=None):
    names = variants or ["base", *(d.a for d in differences)]
    summary = {name: {"rougeL": Interval(0.41, 0.38, 0.44, 80)} for name in names}
    return sentence(names, "rougeL", summary, differences)


def test_better():
    found = made(62, 4, 14, 0.17, 0.12, 0.22, mean=0.41)
    assert said(found) == (
        "“lora-1” is better than the base on 62 of 80 prompts; "
        "word overlap 0.41 → 0.58, difference 0.17 (0.12 to 0.22)."
    )


def test_worse_is_said_as_plainly():
    assert said(made(14, 4, 62, -0.17, -0.22, -0.12, mean=0.58)) == (
        "“lora-1” is worse than the base on 62 of 80 prompts; "
        "word overlap 0.58 → 0.41, difference −0.17 (−0.22 to −0.12)."
    )


def test_better_on_average_but_not_on_most_prompts():
    assert said(made(20, 20, 40, 0.05, 0.01, 0.09)).startswith(
        "“lora-1” is better than the base on average, though it wins 20 and loses 40 of 80 prompts;"
    )


def test_no_difference_to_be_seen():
    assert said(made(40, 2, 38, 0.01, -0.02, 0.04)) == (
        "No difference to be seen between “lora-1” and the base on 80 prompts; "
        "word overlap 0.40 → 0.41, difference 0.01 (−0.02 to 0.04)."
    )
    assert "score the same on each of 80 prompts" in said(made(0, 80, 0, 0.0, 0.0, 0.0))


def test_too_few_prompts_to_tell():
    few = said(made(12, 0, 0, 0.3, 0.2, 0.4))
    assert few.startswith("Too few prompts to tell whether “lora-1” is better than the base: 12")
    assert "at least 50" in few
    assert "they score the same on 77 of 80" in said(made(3, 77, 0))
    assert (
        "too few prompts to tell whether “lora-1” is better than the base: their scores are nearly "
        "the same on 78 of 80, and changes that are rare are easily missed among fewer than 100; "
    ) in said(replace(made(60, 0, 20), noticed=2)).lower()
    nothing = Difference("lora-1", "base", "rougeL", None, None, None, 0, 0, 0)
    assert "none could be scored" in said(nothing)


def test_too_few_prompts_name_the_way_out():
    few = said(replace(made(20, 0, 10, mean=0.4), detectable=0.2))
    assert few.endswith(
        "word overlap 0.40 → 0.50; about 120 prompts would probably tell a difference of 0.10: ask "
        "more, or keep more rows for the test."
    )
    tiny = said(replace(made(20, 0, 10, 0.001, -0.1, 0.1), detectable=0.2))
    assert "a difference as small as 0.0010 takes more than 10,000 prompts" in tiny
    assert "; more prompts would tell: ask more, or keep" in said(made(3, 0, 0))


def test_an_interval_beside_zero_is_never_printed_as_touching_it():
    assert "difference 0.010 (0.002 to 0.018)" in said(made(50, 0, 30, 0.0101, 0.0021, 0.0179))


def test_several_variants_lead_with_the_best_and_name_the_rest():
    text = said(
        made(20, 0, 60, -0.1, -0.2, -0.05, a="pt-1"),
        made(60, 0, 20, 0.1, 0.05, 0.15, a="lora-1"),
        made(40, 0, 40, 0.0, -0.1, 0.1, a="lora-2"),
        made(70, 0, 10, 0.2, 0.15, 0.25, a="lora-3"),
    )
    assert text.startswith("“lora-3” is better than the base on 70 of 80 prompts;")
    assert "“lora-1” is better too (0.50, difference 0.10 (0.05 to 0.15))" in text
    assert "no difference to be seen for “lora-2”" in text
    assert "“pt-1” is worse (0.30, difference −0.10 (−0.20 to −0.05))." in text


def two_better(*between):
    """What is said of two runs that are better than the base, by what they are to each other."""
    held = made(60, 0, 20, 0.2, 0.15, 0.25, a="x"), made(58, 0, 22, 0.1, 0.05, 0.15, a="y")
    return said(*held, *between, variants=["base", "x", "y"])


def test_two_that_are_better_are_held_against_each_other():
    """A higher mean alone reads as if it had won."""
    plain = two_better()
    assert plain.endswith("“y” is better too (0.50, difference 0.10 (0.05 to 0.15)).")
    same = two_better(made(30, 25, 25, 0.1, -0.02, 0.2, a="x", b="y"))
    ends = " Between “x” and “y”, no difference to be seen (difference 0.10 (−0.02 to 0.20))."
    assert same == plain + ends
    few = two_better(made(5, 70, 4, 0.1, 0.05, 0.15, a="y", b="x"))
    assert few == plain + " Too few prompts to tell which of “x” and “y” is better."
    won = " “x” is better than “y” (difference 0.10 (0.05 to 0.15))."
    assert two_better(made(50, 5, 25, 0.1, 0.05, 0.15, a="x", b="y")) == plain + won
    assert two_better(made(25, 5, 50, -0.1, -0.15, -0.05, a="y", b="x")) == plain + won


def test_of_three_that_are_better_the_two_best_are_held_against_each_other():
    names = ["base", "x", "y", "z"]
    means = {"x": 0.2, "y": 0.1, "z": 0.3}
    held = [made(60, 0, 20, d, d - 0.05, d + 0.05, a=a) for a, d in means.items()]
    between = [made(30, 25, 25, 0.1, -0.02, 0.2, a=a, b=b) for a, b in ("xy", "yz", "xz")]
    text = said(*held, *between, variants=names)
    assert text.count("Between") == 1
    assert "Between the two best, “z” and “x”, no difference to be seen" in text
    few = made(5, 70, 4, 0.1, 0.05, 0.15, a="x", b="z")
    text = said(*held, *between[:2], few, variants=names)
    assert text.endswith(" Too few prompts to tell which of the two best, “z” and “x”, is better.")
    worse = made(20, 0, 60, -0.2, -0.25, -0.15, a="y")
    assert "Between" not in said(held[0], worse, between[0], variants=names[:3])


def test_several_variants_of_which_none_is_better():
    text = said(
        made(20, 0, 60, -0.1, -0.2, -0.05, a="pt-1"),
        made(40, 0, 40, 0.0, -0.1, 0.1, a="lora-2"),
    )
    assert text.startswith("None of the 2 is shown to be better than the base. No difference")


def test_where_there_is_but_a_4_bit_base_the_sentence_names_it():
    found = made(62, 4, 14, a="qlora-1", b="base@4bit")
    assert "than the 4-bit base on" in said(found, variants=["base@4bit", "qlora-1"])


def test_each_is_held_against_the_base_of_its_own_model():
    bases = {"base": "x", "lora-1": "x", "base:org/y": "org/y", "lora-2": "org/y"}
    summary = {name: {"rougeL": Interval(0.4, 0.3, 0.5, 80)} for name in bases}
    pairs = [
        made(62, 4, 14, a="lora-1", b="base"),
        made(10, 4, 66, -0.1, -0.15, -0.05, a="lora-2", b="base:org/y"),
        made(
            70, 4, 6, 0.5, 0.45, 0.55, a="lora-2", b="base"
        ),  # another model's base proves nothing
        made(70, 4, 6, 0.5, 0.45, 0.55, a="base:org/y", b="base"),
    ]
    text = sentence(list(bases), "rougeL", summary, pairs, bases)
    assert text.startswith("“lora-1” is better than the base on 62")
    assert "“lora-2” is worse (0.30" in text
    assert text.count("difference") == 2


def test_examples_in_the_prompt_are_named_as_that():
    assert said(made(62, 4, 14, a="base+3")).startswith(
        "The base with 3 examples in its prompt is better than the base on 62 of 80 prompts;"
    )


def test_one_variant_alone_proves_nothing():
    assert said(variants=["base"]) == (
        "Only the base was scored: word overlap 0.41 (0.38 to 0.44) on 80 prompts; "
        "a second variant is needed to tell whether it helped."
    )


def test_numbers():
    assert number(-0.001) == "0.00"
    assert number(-0.1) == "−0.10"
    assert number(None) == "no score"


def test_the_sign_is_that_of_the_variant_the_sentence_leads_with():
    worse = made(5, 5, 90, delta=-0.1, low=-0.15, high=-0.05, a="first")
    better = made(90, 5, 5, a="second")
    assert led_by(["base", "first", "second"], "rougeL", [worse, better]) == "better"
    assert led_by(["base", "first"], "rougeL", [worse, better]) == "worse"
    few = made(9, 0, 1, a="first")  # an interval above zero, on ten prompts
    assert led_by(["base", "first"], "rougeL", [few]) == "unclear"
    assert led_by(["base"], "rougeL", []) is None


def test_no_difference_says_how_large_one_would_have_been_seen():
    found = replace(made(40, 2, 38, 0.01, -0.02, 0.04), detectable=0.043)
    assert said(found).endswith("(−0.02 to 0.04); one of 0.04 would probably have been seen.")
    tiny = replace(made(40, 2, 38, 0.001, -0.002, 0.004), detectable=0.0043)
    assert "one of 0.01 would" in said(tiny)


def test_what_was_seen_is_not_said_to_have_been_missed():
    """One far value keeps a difference from being shown that is larger than most that are."""
    found = replace(made(59, 0, 1, 0.08, -0.01, 0.10), detectable=0.05, sign_test=1e-16)
    assert said(found) == (
        "No difference to be seen between “lora-1” and the base on 60 prompts, though it wins 59 "
        "and loses 1; word overlap 0.40 → 0.48, difference 0.08 (−0.01 to 0.10)."
    )


def test_a_difference_that_is_told_does_not_read_as_none():
    small = made(70, 0, 10, 0.004, 0.003, 0.006, mean=0.9502)
    assert "word overlap 0.950 → 0.954, difference 0.004 (0.003 to 0.006)" in said(small)


def test_luck_is_named_wherever_it_may_be():
    first = replace(made(62, 4, 14, 0.17, 0.12, 0.22), holm=0.001)
    lucky = replace(made(50, 0, 30, 0.07, 0.01, 0.13, a="lora-2"), holm=0.08)
    luck = "difference 0.07 (0.01 to 0.13), which may be luck among so many variants)"
    assert luck in said(first, lucky)


def test_a_difference_that_only_luck_among_several_may_explain_is_said_to_be_that():
    lucky = replace(made(50, 0, 30, 0.05, 0.01, 0.09, a="lora-2"), holm=0.08)
    other = replace(made(40, 0, 40, 0.0, -0.1, 0.1), holm=0.9)
    text = said(lucky, other)
    assert "No difference to be seen between “lora-2” and the base" in text
    assert "difference 0.05 (0.01 to 0.09), which may be luck among so many variants" in text
