"""Answers that are broken though a score may be high: they are counted and told beside it."""

from __future__ import annotations

from typing import Any

from jobs.evaluation.comparison import compare
from jobs.evaluation.faults import counted, warnings
from jobs.evaluation.report import to_json
from jobs.types import ComparedExample, ComparisonResult, Completion, Example

WISHED = "Kennwort zurücksetzen unter Konto"
BROKEN = "Zo\ufffd Kennwort\ufffd\ufffd zurücksetzen unter Konto"
TOLD = (
    "{} hold broken characters (\ufffd): this base model cannot write these texts well. Choose a "
    "larger base model."
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
    for cut, broken in ((True, 0), (False, 1)):
        told = counted([example("Straße \ufffd", cut=cut)], ["lora"])
        assert told["lora"]["broken"] == broken


def test_a_result_that_was_kept_before_warns_of_nothing() -> None:
    assert warnings({}, 60, ["base", "lora"]) == ()
