"""Answers that are broken though a score may be high: they are counted and told beside it."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.evaluation.comparison import compare
from jobs.evaluation.faults import counted, warnings
from jobs.evaluation.report import to_json
from jobs.types import ComparedExample, ComparisonResult, Completion, Example

WISHED = "Kennwort zurücksetzen unter Konto"
BROKEN = "Zo\ufffd Kennwort\ufffd\ufffd zurücksetzen unter Konto"
TOLD = (
    "{} hold broken characters (\ufffd): letters that this base model has hardly seen. Give more "
    "examples, train longer, or choose a larger base model."
)


def compared(given: dict[str, list[str]], cut: bool = False, **more: Any) -> ComparisonResult:
    """Sixty prompts; `given` are the answers of each variant, the last one said again."""
    prompt, reference = more.pop("prompt", "Wie?"), more.pop("reference", WISHED)
    examples = [Example(f"{prompt} {n}", (f"{reference} {n}",), n) for n in range(60)]
    answers = {
        v: {n: Completion(texts[min(n, len(texts) - 1)], 9, cut) for n in range(60)}
        for v, texts in given.items()
    }
    asked = [example.prompt for example in examples]
    return compare(examples, asked, answers, list(given), {}, "faq", "test", **more)


def example(text: str, *, cut: bool, reference: str = WISHED) -> ComparedExample:
    said = Completion(text, 9, cut)
    return ComparedExample(0, "Wie?", "Wie?", (reference,), {"lora": said}, {})


def test_a_run_whose_answers_are_garbled_is_no_plain_success() -> None:
    """Word overlap counts no such character, so that the run is better all the same."""
    result = compared({"base": ["Nein"], "lora": [*[WISHED] * 2, BROKEN]})
    assert result.outcome == "better"
    said, warning, exact = result.verdict.split("\n")
    assert said.startswith("“lora” is better than the base on 60 of 60 prompts")
    assert warning == "Warning: " + TOLD.format("58 of 60 answers of “lora”")
    assert exact.startswith("No answer is word for word a reference (0 of 60 before, 0 after).")
    assert "free writing" not in exact
    assert to_json(result)["faults"]["lora"]["broken"] == 58


def test_a_few_broken_answers_of_many_are_not_told() -> None:
    whole = [WISHED] * 58
    assert compared({"base": ["Nein"], "lora": [BROKEN, BROKEN, WISHED]}).verdict.count("\n") == 1
    assert "3 of 60 answers" in compared({"base": ["Nein"], "lora": [BROKEN] * 3 + whole}).verdict


def test_runs_of_one_base_model_are_told_together_and_bases_not_at_all() -> None:
    both = {"base": [BROKEN], "one": [BROKEN], "two": [*[BROKEN] * 9, WISHED]}
    told = compared(both).verdict.split("\n")[1]
    assert told == "Warning: " + TOLD.format("60 of 60 answers of “one” and 9 of 60 of “two”")
    bases = {"base": "a", "one": "a", "base:b": "b", "two": "b"}
    several = compared({**both, "base:b": ["Nein"]}, bases=bases).verdict.split("\n")
    assert [line for line in several if line.startswith("Warning: ")] == [
        "Warning: " + TOLD.format("60 of 60 answers of “one”"),
        "Warning: " + TOLD.format("9 of 60 answers of “two”"),
    ]


def test_what_data_has_broken_is_not_the_model_s_fault() -> None:
    for where in ("prompt", "reference"):
        result = compared({"base": ["Nein"], "lora": [BROKEN]}, **{where: "Zo\ufffd"})
        assert "Warning" not in result.verdict


def test_half_a_character_at_the_limit_is_none() -> None:
    for text, cut, broken in (
        ("ß \ufffd", True, 0),
        ("ß \ufffd", False, 1),
        ("\ufffd" * 9, True, 1),
    ):
        assert counted([example(text, cut=cut)], ["lora"])["lora"]["broken"] == broken


def test_a_result_that_was_kept_before_warns_of_nothing() -> None:
    assert warnings({}, 60, ["base", "lora"]) == ()


ENDLESS = "Zum Kennwort: " + "kür" * 40
STUCK = (
    "{} say one short piece again and again, up to the limit. Give more examples, train longer, "
    "or choose a larger base model."
)


def test_a_run_that_says_one_piece_up_to_the_limit_is_no_plain_success() -> None:
    """One endless word is no pair of words that came before, so that no other note has it."""
    result = compared({"base": ["Nein"], "lora": [*[WISHED] * 50, ENDLESS]}, cut=True)
    assert "Warning: " + STUCK.format("10 of 60 answers of “lora”") in result.verdict.split("\n")
    assert not any("repeats itself" in note for note in result.notes)
    few = compared({"base": ["Nein"], "lora": [ENDLESS, ENDLESS, WISHED]}, cut=True)
    assert "Warning" not in few.verdict


@pytest.mark.parametrize(
    ("text", "cut", "stuck"),
    [
        ("F" * 60, True, 1),
        ("F" * 59, True, 0),  # as long as a line of dashes may be
        ("F" * 60, False, 0),  # it ended by itself
        ("x " + "twelve signs" * 5, True, 1),
        ("x " + "thirteen sign" * 5, True, 0),
        (ENDLESS + " ", True, 1),
        (ENDLESS + "\ufffd", True, 1),
        (" " * 80, True, 0),  # nothing said: it has a note of its own
        (WISHED * 3, True, 0),
    ],
)
def test_what_counts_as_one_piece(text: str, cut: bool, stuck: int) -> None:
    assert counted([example(text, cut=cut)], ["lora"])["lora"]["stuck"] == stuck


def test_data_that_repeat_so_themselves_are_learnt_from() -> None:
    line = example("-" * 80, cut=True, reference="Ende " + "-" * 80)
    assert counted([line], ["lora"])["lora"]["stuck"] == 0
