import pyarrow as pa
import pytest

from jobs.data import check, guess
from jobs.data.columns import for_test
from jobs.data.table import Table
from jobs.errors import DataError, InputError
from jobs.types import Columns


def _table(*names):
    return Table(names, pa.table({name: ["x"] for name in names}))


@pytest.mark.parametrize(
    ("names", "prompt", "completions"),
    [
        (("prompt", "completion"), "prompt", ("completion",)),
        (("Completion", "id", "PROMPT"), "PROMPT", ("Completion",)),
        (("instruction", "output"), "instruction", ("output",)),
        (("instruction", "input", "output"), "instruction + input", ("output",)),
        (("question", "answer"), "question", ("answer",)),
        (("input", "target"), "input", ("target",)),
        (("mr", "ref"), "mr", ("ref",)),
        (("fname", "dialogue", "summary", "topic"), "dialogue", ("summary",)),
        (
            ("fname", "dialogue", "summary1", "topic1", "summary2", "summary3"),
            "dialogue",
            ("summary1", "summary2", "summary3"),
        ),
        (("mr", "ref10", "ref_2", "ref"), "mr", ("ref", "ref_2", "ref10")),
        (("source", "references"), "source", ("references",)),
        (("text", "summaries"), "text", ("summaries",)),
        (("article", "highlights"), "article", ("highlights",)),
    ],
)
def test_known_names(names, prompt, completions):
    assert guess(_table(*names)) == Columns(prompt, completions)


@pytest.mark.parametrize(
    "names", [("context", "labels_text"), ("prompts_de", "my completion"), ("a", "b"), ("prompt",)]
)
def test_parts_of_words_are_no_names(names):
    assert guess(_table(*names)) is None
    with pytest.raises(DataError) as caught:
        check(_table(*names))
    assert all(f"“{name}”" in caught.value.what for name in names)


def test_what_is_asked_for_wins_and_is_checked():
    table = _table("prompt", "completion", "Antwort", "b")
    assert check(table, "prompt", ("Antwort", "b")) == Columns("prompt", ("Antwort", "b"))
    assert check(table, "Antwort") == Columns("Antwort", ("completion",))
    assert check(table, None, ("b",)) == Columns("prompt", ("b",))
    assert check(table, "b + Antwort", ("completion",)).prompt == "b + Antwort"
    with pytest.raises(InputError, match=r"no column “antwort”.*“Antwort”.*There are “prompt”"):
        check(table, "prompt", ("antwort",))
    with pytest.raises(InputError, match="There is no column “c”"):
        check(table, "b + c", ("prompt",))
    with pytest.raises(InputError, match="at once"):
        check(table, "prompt", ("prompt",))


def test_the_only_other_column_is_the_completion():
    assert check(_table("a", "b"), "a") == Columns("a", ("b",))
    with pytest.raises(DataError, match="hold the completion"):
        check(_table("a", "b", "c"), "a")


def test_a_test_file_may_have_other_completion_columns():
    training = Columns("dialogue", ("summary",))
    numbered = _table("dialogue", "summary1", "summary2", "topic1")
    assert for_test(numbered, training).completions == ("summary1", "summary2")
    assert for_test(_table("dialogue", "summary"), Columns("dialogue", ("summary1",))) == training
    assert for_test(_table("frage", "x1", "x2"), Columns("frage", ("x",))).completions == (
        "x1",
        "x2",
    )
    assert for_test(_table("prompt", "completion"), training) == Columns("prompt", ("completion",))
    with pytest.raises(DataError, match=r"the test file.*“dialogue”, “foo”"):
        for_test(_table("dialogue", "foo"), training)


def test_very_many_columns_are_not_all_listed():
    with pytest.raises(DataError) as caught:
        check(_table(*(f"c{i}" for i in range(10_000))))
    assert "and 9,988 more" in caught.value.what or "and 9988 more" in caught.value.what
