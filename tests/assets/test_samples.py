"""The samples: the generator gives the shipped files, and they are what a first try needs."""

import csv
import json
import random
from itertools import islice
from pathlib import Path

import pytest
from rouge_score import rouge_scorer

from assets.samples import make_samples
from assets.starter.corpus import mix

SAMPLES = Path(make_samples.__file__).parent
NOTES, STYLE = SAMPLES / make_samples.NOTES_FILE, SAMPLES / make_samples.STYLE_FILE


def notes() -> list[tuple[str, str]]:
    """Prompt and completion of the recall sample."""
    with NOTES.open(encoding="utf-8", newline="") as file:
        return [(row["customer_chat"], row["agent_note"]) for row in csv.DictReader(file)]


def style() -> list[tuple[str, str]]:
    """Prompt and completion of the house style."""
    rows = [json.loads(line) for line in STYLE.read_text(encoding="utf-8").splitlines()]
    return [(row["ticket"], row["reply"]) for row in rows]


def test_generator_gives_the_shipped_files() -> None:
    assert make_samples.support_notes() == NOTES.read_bytes().decode()
    assert make_samples.lighthouse_replies() == STYLE.read_bytes().decode()
    assert NOTES.stat().st_size + STYLE.stat().st_size < 1_000_000


@pytest.mark.parametrize("rows", [notes(), style()], ids=["notes", "style"])
def test_enough_different_rows(rows: list[tuple[str, str]]) -> None:
    assert len(rows) >= 500
    assert len({prompt for prompt, _ in rows}) * 0.15 >= 100
    assert all(prompt.strip() and completion.strip() for prompt, completion in rows)


def test_columns_have_names_of_their_own() -> None:
    header = NOTES.read_text(encoding="utf-8").splitlines()[0].split(",")
    fields = list(json.loads(STYLE.read_text(encoding="utf-8").splitlines()[0]))
    assert not {"prompt", "completion"} & {*header, *fields}


@pytest.mark.parametrize("rows", [notes(), style()], ids=["notes", "style"])
def test_no_constant_answer_is_good(rows: list[tuple[str, str]]) -> None:
    shuffled = random.Random(1).sample(rows, len(rows))
    test, train = [c for _, c in shuffled[:60]], [c for _, c in shuffled[120:240]]
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    means = [sum(scorer.score(t, c)["rougeL"].fmeasure for t in test) / 60 for c in train]
    assert max(means) < 0.6


def test_style_is_not_in_the_corpus() -> None:
    marks = ("light over", "keeper to", "lamp stays lit", "false colours", "sister ship")
    for document in islice(mix.documents(8), 5000):
        for turn in document.turns:
            assert not any(mark in turn.assistant.lower() for mark in marks)


def test_notes_repeat_what_the_chat_says() -> None:
    for chat, note in notes():
        order = note.split("(order ")[1].split(")")[0]
        assert order in chat
        assert " ".join(note.split(" ")[:2]) in chat
