"""Near duplicates, near leaks and languages on rows that have them."""

import importlib.util
from pathlib import Path

import pytest

from jobs.data import import_dataset
from jobs.data.doctor import study
from jobs.data.stored import StoredRows
from jobs.types import Example

_spec = importlib.util.spec_from_file_location(
    "check_contract", Path(__file__).parents[1] / "checks" / "test_contract.py"
)
contract = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(contract)
Held, mended = contract.Held, contract.mended

CHAT = (
    "Agent: What can I do for you? Customer: My {} has not arrived and I am waiting since Monday. "
    "Agent: I am sorry to hear that, let me look. It waits at customs, and we have sent them the "
    "invoice this morning. Customer: Thank you, then I wait for two more days. Agent: Good bye."
)
THINGS = ("lamp", "door", "rug", "mirror", "clock", "shelf", "basket", "window", "table", "chair")


def chats(start=1):
    return [
        Example(
            f"{thing}: {CHAT.format(thing)} {i}", (f"The {thing} waits at customs, says {i}.",), i
        )
        for i, thing in enumerate(THINGS, start)
    ]


def found(**sides):
    return {finding.code: finding for finding in study(Held(**sides))}


def test_rows_that_say_nearly_the_same():
    rows = chats()
    again = Example(rows[3].prompt.replace("Good bye", "Bye"), (rows[3].references[0].upper(),), 99)
    finding = found(train=[*rows, again])["near_duplicates"]
    assert (finding.count, finding.rows) == (1, (99,))
    assert mended("near_duplicates", train=[*rows, again])["train"] == rows


def test_equal_rows_are_another_checks():
    rows = chats()
    assert "near_duplicates" not in found(train=[*rows, Example(*_said(rows[3]), 99)])


def _said(row):
    return row.prompt.upper(), row.references


def test_prompts_that_are_nearly_tested():
    rows = chats()
    near = Example(rows[3].prompt.replace("two more", "some more"), ("Wait.",), 7)
    finding = found(train=rows, test=[near])["near_test_rows"]
    assert (finding.count, finding.rows, finding.severity) == (1, (4,), "warning")
    kept = mended("near_test_rows", train=rows, test=[near])
    assert [row.row for row in kept["train"]] == [1, 2, 3, *range(5, 11)]
    assert kept["test"] == [near]


def test_completions_in_another_language():
    english = "The lamp that you have ordered is not here, but it will be with you on Monday."
    german = "Die Lampe, die Sie bestellt haben, ist noch nicht da und wird am Montag geliefert."
    rows = [Example(f"p{i}", (english,), i) for i in range(1, 20)] + [Example("p", (german,), 20)]
    finding = found(train=rows)["mixed_languages"]
    assert (finding.count, finding.rows) == (1, (20,))
    assert "1 in German" in finding.sentence
    assert len(mended("mixed_languages", train=rows)["train"]) == 19
    half = [Example(f"p{i}", (german if i % 2 else english,), i) for i in range(20)]
    assert "mixed_languages" not in found(train=half)


SAMPLES = Path(__file__).parents[4] / "assets" / "samples"


@pytest.mark.parametrize(
    ("file", "prompt", "completion"),
    [
        ("lighthouse_replies.jsonl", "ticket", "reply"),
        ("support_notes.csv", "customer_chat", "agent_note"),
    ],
)
def test_the_samples_come_out_clean(tmp_path, file, prompt, completion):
    made = import_dataset(
        SAMPLES / file, tmp_path / "d", name="d", prompt=prompt, completions=(completion,)
    )
    stored = StoredRows(tmp_path / "d")
    assert made.findings == ()
    assert study(stored) == ()


def test_real_data_raises_few_false_alarms(real_data, tmp_path):
    """Looked at by hand: all of DialogSum's are right, and so are the equal rows of E2E."""
    wanted = {
        "e2e/devset.csv": {"duplicates": 117, "near_duplicates": 4, "folded": 992},
        "dialogsum/dev.jsonl": {"secrets": 1, "different_completions": 1, "folded": 1},
    }
    for number, (file, codes) in enumerate(wanted.items()):
        made = import_dataset(real_data / file, tmp_path / str(number), name="d", test_share=0.15)
        stored = StoredRows(tmp_path / str(number))
        seen = {*made.findings, *study(stored)}
        assert {finding.code: finding.count for finding in seen} == codes


def test_prompts_of_dialogsum_that_its_test_holds_nearly(real_data, tmp_path):
    folder = real_data / "dialogsum"
    import_dataset(folder / "dev.jsonl", tmp_path / "d", name="d", test_file=folder / "test.jsonl")
    findings = {finding.code: finding for finding in study(StoredRows(tmp_path / "d"))}
    assert findings["near_test_rows"].rows == (42, 86, 405)
