"""Each check on rows that have its fault, and on rows that only seem to have it."""

import importlib.util
from pathlib import Path

import pytest

from jobs.data import examine
from jobs.types import Example

_spec = importlib.util.spec_from_file_location(
    "check_contract", Path(__file__).with_name("test_contract.py")
)
contract = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(contract)
mended = contract.mended


def healthy(count=60):
    return [
        Example(f"What is thing {i} good for?", (f"It does {i}.",), i + 1) for i in range(count)
    ]


def found(rows, *more):
    return {finding.code: finding for finding in examine(rows, *more)}


def beside(*pairs):
    """Sixty rows without a fault, then these."""
    rows = healthy()
    return rows + [Example(p, (a,), 61 + i) for i, (p, a) in enumerate(pairs)]


def test_every_finding_says_why_it_matters():
    rows = beside(("", "x"), ("x", "a@b.de"), ("ab\x00", "Ã©tÃ©"), ("x", "other")) * 2
    for finding in examine(rows, rows[:1], 0):
        assert finding.why.endswith("."), finding.code
        assert finding.count >= len(finding.rows)


def test_completions_that_contain_their_prompt():
    prompt = "Summarize: the lamp is broken and the shop is shut."
    seen = found(beside((prompt, f"{prompt} A broken lamp."), (prompt + "?", "A lamp.")))
    assert seen["echoed_prompts"].rows == (61,)
    (row,) = mended("echoed_prompts", train=[Example(prompt, (f"{prompt}\nA lamp.", "x"), 1)])[
        "train"
    ]
    assert row.references == ("A lamp.", "x")


@pytest.mark.parametrize(
    ("prompt", "completion"),
    [
        ("Hello", "Hello, what can I do for you?"),
        ("There is no mistake in this sentence.", "There is no mistake in this sentence."),
    ],
)
def test_completions_that_may_well_repeat_it(prompt, completion):
    assert "echoed_prompts" not in found(beside((prompt, completion)))


def test_one_column_taken_twice():
    rows = [Example(f"row number {i}", (f"row number {i}",), i + 1) for i in range(60)]
    assert found(rows)["same_texts"].count == 60


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Un cafÃ©, sâ€™il vous plaÃ®t", "Un café, s’il vous plaît"),
        ("Die StraÃŸe fÃ¼hrt Ã¼ber MÃ¼nchen", "Die Straße führt über München"),
        ("â€œQuotedâ€\x9d", "“Quoted”"),
        ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "привет"),
        ("Â£20 for 3Â°", "£20 for 3°"),
        ("ðŸ˜€ yes", "😀 yes"),
    ],
)
def test_text_read_in_the_wrong_encoding(text, right):
    seen = found(beside((text, "fine")))
    assert seen["garbled_text"].rows == (61,)
    (row,) = mended("garbled_text", test=[Example(text, ("x",), 1)])["test"]
    assert row.prompt == right


def test_letters_that_were_lost():
    seen = found(beside(("The caf� is shut, is it?", "Yes.")))
    assert seen["lost_letters"].rows == (61,)
    assert mended("lost_letters", train=[Example("caf�", ("x",), 1)])["train"] == []


@pytest.mark.parametrize("unseen", ["\x00", "\x07", "\x85", "\u200b", "\ufeff", "\u202e", "\u2066"])
def test_characters_that_cannot_be_seen(unseen):
    seen = found(beside((f"What is{unseen} it?", "A lamp.")))
    assert seen["unseen_characters"].rows == (61,)
    (row,) = mended("unseen_characters", train=[Example(f"a{unseen}b", ("\tx\n",), 1)])["train"]
    assert (row.prompt, row.references) == ("ab", ("\tx\n",))


def test_a_row_of_nothing_but_unseen_characters_goes():
    assert mended("unseen_characters", train=[Example("a", ("\u200b\x00",), 1)])["train"] == []


def test_labels_out_of_balance():
    labels = ["spam"] * 90 + ["ham"] * 10
    rows = [Example(f"mail number {i}", (label,), i + 1) for i, label in enumerate(labels)]
    finding = found(rows)["imbalance"]
    assert finding.count == 90
    assert "90%" in finding.sentence
    assert finding.rows == tuple(range(91, 101))
    kept = [row.references[0] for row in mended("imbalance", train=rows)["train"]]
    assert (kept.count("spam"), kept.count("ham")) == (10, 10)
    assert mended("imbalance", test=rows, train=rows[85:])["test"] == rows
    assert "imbalance" not in found(rows[50:])
    assert "imbalance" not in found(healthy(200))


def test_completions_in_another_script():
    seen = found(beside(("What is it called there?", "Это лампа")))
    assert seen["mixed_scripts"].rows == (61,)
    assert "1 in Cyrillic" in seen["mixed_scripts"].sentence
    rows = [*healthy(10), Example("p", ("Это лампа",), 11), Example("p", ("42",), 12)]
    assert [row.row for row in mended("mixed_scripts", train=rows)["train"]] == [*range(1, 11), 12]


def test_a_mixture_that_is_meant_is_no_finding():
    rows = [Example(f"p {i}", ("лампа" if i % 2 else "the lamp",), i + 1) for i in range(60)]
    assert "mixed_scripts" not in found(rows)


def test_the_same_prompt_with_conflicting_completions():
    rows = beside(("Yes or no?", "yes"), ("yes or  NO?", "no"), ("Yes or no?", "no"))
    finding = found(rows)["different_completions"]
    assert (finding.count, finding.rows) == (1, (61,))
    kept = mended("different_completions", train=rows)["train"]
    assert [row.row for row in kept] == [*range(1, 61), 62, 63]


def test_several_answers_to_most_prompts_are_meant():
    rows = [Example(f"prompt {i // 2}", (f"answer {i}",), i + 1) for i in range(80)]
    assert "different_completions" not in found(rows)


def test_several_references_of_one_row_are_no_conflict():
    rows = [*healthy(), Example("p", ("a", "b"), 61), Example("p", ("c", "d"), 62)]
    assert "different_completions" not in found(rows)


def test_repeats_are_left_out_once():
    rows = [Example("a", ("x",), 1), Example("A ", ("x ",), 2), Example("a", ("y",), 3)]
    assert [row.row for row in mended("duplicates", train=rows)["train"]] == [1, 3]


def test_long_rows_are_left_out_of_training_alone():
    row = Example("x" * 3990, ("y" * 20,), 1)
    out = mended("long_rows", train=[row], validation=[row], test=[row])
    assert (out["train"], out["validation"], out["test"]) == ([], [], [row])
