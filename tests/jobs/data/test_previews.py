import json

import pytest

from jobs.data import preview
from jobs.errors import InputError
from jobs.types import Columns


def test_three_cards_and_the_guess(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("question,answer,id\n,x,0\n" + "".join(f"q{i},a{i},{i}\n" for i in range(60)))
    seen = preview(path)
    assert seen.columns == ("question", "answer", "id")
    assert seen.guess == seen.chosen == Columns("question", ("answer",))
    assert [(c.prompt, c.references, c.row) for c in seen.cards] == [
        (f"q{i}", (f"a{i}",), i + 2) for i in range(3)
    ]
    assert (seen.rows, seen.looked_at, seen.source) == (61, 61, "rows.csv")
    assert [finding.code for finding in seen.findings] == ["empty_prompt"]


def test_unknown_names_are_asked_not_guessed(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("spalte,inhalt\nx,y\n")
    seen = preview(path)
    assert (seen.guess, seen.chosen, seen.cards, seen.findings) == (None, None, (), ())
    assert seen.raw == (("x", "y"),)
    chosen = preview(path, prompt="spalte", completions=("inhalt",))
    assert chosen.cards[0].references == ("y",)
    with pytest.raises(InputError, match="no column"):
        preview(path, prompt="nope")


def test_a_joint_prompt_can_be_chosen(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [
        {"instruction": "Add", "input": "1 2", "output": "3"},
        {"instruction": "Hi", "output": "Ho"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    seen = preview(path)
    assert [card.prompt for card in seen.cards] == ["Add\n\n1 2", "Hi"]
    assert seen.prompt_choices[0] == "instruction + input"
    assert preview(path, prompt=seen.prompt_choices[0]).cards == seen.cards


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_of_a_large_file_only_the_head_is_read(ending, tmp_path, monkeypatch):
    path = tmp_path / f"rows{ending}"
    line = "prompt,completion\n" if ending == ".csv" else ""
    row = f"p,{'c' * 1000}\n" if ending == ".csv" else '{"prompt": "p", "completion": "c"}\n'
    path.write_text(line + row * 5000 + "{broken\n")
    monkeypatch.setattr("jobs.data.previews.WHOLE_FILE", 1000)
    seen = preview(path)
    assert (seen.rows, seen.looked_at) == (None, 2000)
    assert "first 2,000 rows" in seen.notes[-1]


def test_the_first_rows_as_they_stand(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [{"a": "<b>1</b>", "b": ["x", None, "y"]}, {"a": None, "c": 7}, {}, {"a": "fourth"}]
    path.write_text("\n".join(map(json.dumps, rows)))
    seen = preview(path)
    assert seen.columns == ("a", "b", "c")
    assert seen.raw == (("<b>1</b>", "x\ny", ""), ("", "", "7"), ("", "", ""))
