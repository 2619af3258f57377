"""What a comparison said comes back from its file as it was."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from jobs.evaluation import archive
from jobs.evaluation.browse import browse
from jobs.evaluation.comparison import compare
from jobs.types import ComparisonResult, Completion, Example


@pytest.fixture
def result() -> ComparisonResult:
    """Two variants; one empty answer, one that ran into the limit, one that cannot be scored."""
    examples = [
        Example("Say “猫”.", ("猫", "a cat"), 1),
        Example("Say nothing.", ("...",), 2),
        Example("Count.", ("one two three four",), 3),
    ]
    answers = {
        "base": ["dog", "...", ""],
        "mine": ["猫", "!", "one two three"],
    }
    made = compare(
        examples=examples,
        rendered=[f"<user>{e.prompt}" for e in examples],
        completions={
            name: {i: Completion(text, len(text), i == 2, 0.25) for i, text in enumerate(texts)}
            for name, texts in answers.items()
        },
        variants=["base", "mine"],
        settings={"max_new_tokens": 16, "dtype": "float32", "precision": {"base": "float32"}},
        data="signs",
        split="test",
    )
    return dataclasses.replace(made, notes=("A note.", *made.notes))


def test_round_trip(result: ComparisonResult, tmp_path: Path) -> None:
    path = tmp_path / "comparisons" / "7.json"
    archive.save(result, path)
    assert archive.load(path) == result
    assert [p.name for p in path.parent.iterdir()] == ["7.json"]


def test_types_come_back_too(result: ComparisonResult, tmp_path: Path) -> None:
    path = tmp_path / "7.json"
    archive.save(result, path)
    loaded = archive.load(path)
    assert isinstance(loaded.examples[0].references, tuple)
    assert isinstance(loaded.variants, tuple)
    assert loaded.examples[1].scores["base"]["rougeL"].value is None
    assert loaded.examples[1].scores["base"]["rougeL"].reason
    assert loaded.examples[2].completions["base"] == Completion("", 0, True, 0.25)


def test_the_file_is_lines_of_json_in_plain_letters(
    result: ComparisonResult, tmp_path: Path
) -> None:
    path = tmp_path / "7.json"
    archive.save(result, path)
    text = path.read_text(encoding="utf-8")
    assert "猫" in text
    head, *rows = map(json.loads, text.splitlines())
    assert head["verdict"] == result.verdict
    assert [row["prompt"] for row in rows] == [e.prompt for e in result.examples]


def test_a_file_of_an_earlier_release_is_read(result: ComparisonResult, tmp_path: Path) -> None:
    """All was one document, with fewer fields."""
    told = dataclasses.asdict(result)
    del told["parts"]
    for example in told["examples"]:
        del example["alike"]
        for completion in example["completions"].values():
            del completion["nll"], completion["reference_tokens"]
    path = tmp_path / "7.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    loaded = archive.load(path)
    assert loaded.verdict == result.verdict
    assert loaded.examples[0].completions == result.examples[0].completions
    assert browse(loaded, sort="apart", by="mine").total == 3


def test_who_reads_is_not_disturbed_by_a_second_save(
    result: ComparisonResult, tmp_path: Path
) -> None:
    path = tmp_path / "7.json"
    archive.save(result, path)
    loaded = archive.load(path)
    archive.save(dataclasses.replace(result, examples=result.examples[:1]), path)
    path.unlink()
    assert loaded.examples[2] == result.examples[2]
    assert loaded.examples[-1].prompt == "Count."
    assert [e.index for e in loaded.examples[1:]] == [1, 2]
    with pytest.raises(IndexError):
        loaded.examples[3]


def test_a_second_save_replaces_the_first_and_a_failed_one_does_not(
    result: ComparisonResult, tmp_path: Path
) -> None:
    path = tmp_path / "7.json"
    archive.save(result, path)
    later = dataclasses.replace(result, verdict="Another sentence.")
    archive.save(later, path)
    assert archive.load(path) == later
    broken = dataclasses.replace(result, hit_limit={"base": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        archive.save(broken, path)
    assert archive.load(path) == later
    assert [p.name for p in tmp_path.iterdir()] == ["7.json"]
