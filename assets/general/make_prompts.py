"""Writes `prompts.jsonl` from `facts.json`: `python -m assets.general.make_prompts`.

Eight tasks of fifty prompts each: fewer than fifty tell nothing of a task by itself. Answers are
short and hardly a matter of taste, so that a change in them is a change in what the model can do.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

EACH = 50
HERE = Path(__file__).parent
Row = tuple[str, str]


def rows(facts: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Task, prompt and completion of every prompt, always the same ones."""
    rng = random.Random(5)
    made: Mapping[str, Iterator[Row]] = {
        "capitals": capitals(facts["capitals"]),
        "opposites": opposites(facts["opposites"]),
        "past tense": past_tense(facts["past tense"]),
        "yes or no": yes_or_no(facts["yes or no"]),
        "sums": sums(rng),
        "reviews": reviews(facts["reviews"], rng),
        "finding a fact": findings(facts["people"], rng),
        "order": orders(facts["words"], rng),
    }
    for task, found in made.items():
        pairs = list(dict.fromkeys(found))
        assert len(pairs) >= EACH, f"{task}: {len(pairs)}"
        for prompt, completion in pairs[:EACH]:
            yield task, prompt, completion


def capitals(facts: Mapping[str, str]) -> Iterator[Row]:
    """A country and its capital."""
    for country, capital in facts.items():
        yield f"What is the capital of {country}? Answer with its name only.", capital


def opposites(facts: Mapping[str, str]) -> Iterator[Row]:
    """A word and its opposite."""
    for word, other in facts.items():
        yield f"What is the opposite of “{word}”? Answer with one word.", other


def past_tense(facts: Mapping[str, str]) -> Iterator[Row]:
    """A verb and its simple past."""
    for verb, past in facts.items():
        yield f"Write the simple past of the verb “{verb}”. Answer with one word.", past


def yes_or_no(facts: Mapping[str, str]) -> Iterator[Row]:
    """Something that everybody knows to be so, or not."""
    for question, reply in facts.items():
        yield f"{question} Answer yes or no.", reply


def sums(rng: random.Random) -> Iterator[Row]:
    """Numbers up to a hundred, added and taken away."""
    for place in range(2 * EACH):
        a, b = rng.randint(2, 60), rng.randint(2, 39)
        if place % 2:
            a, b = max(a, b) + 1, min(a, b)
            yield f"What is {a} minus {b}? Answer with the number only.", str(a - b)
        else:
            yield f"What is {a} plus {b}? Answer with the number only.", str(a + b)


def reviews(facts: Mapping[str, Any], rng: random.Random) -> Iterator[Row]:
    """A customer who is content, or is not."""
    for place in range(2 * EACH):
        kind = ("positive", "negative")[place % 2]
        thing, said = rng.choice(facts["things"]), rng.choice(facts[kind])
        review = said.replace("{thing}", thing)
        review = review[:1].upper() + review[1:]
        yield f"Is this review positive or negative? Answer with one word.\n\n{review}", kind


def findings(facts: Mapping[str, Any], rng: random.Random) -> Iterator[Row]:
    """One of several facts that a few sentences tell."""
    asked = {
        "name": "What is the person's name?",
        "city": "In which city does the person live?",
        "job": "What is the person's job?",
        "year": "In which year was the person born?",
    }
    for place in range(2 * EACH):
        told = {key: rng.choice(facts[key]) for key in ("name", "city", "job", "hobby")}
        told["year"] = str(rng.randint(1950, 2005))
        key = list(asked)[place % len(asked)]
        text = rng.choice(facts["texts"]).format(**told)
        yield f"{text}\n\n{asked[key]} Answer with nothing else.", told[key]


def orders(words: list[str], rng: random.Random) -> Iterator[Row]:
    """Four words, in the order of the alphabet."""
    for _ in range(2 * EACH):
        picked = rng.sample(words, 4)
        said, sorted_ = ", ".join(picked), ", ".join(sorted(picked))
        yield f"Put these words in alphabetical order, with commas between them: {said}", sorted_


def main() -> None:
    """Write the file beside this one."""
    facts = json.loads((HERE / "facts.json").read_text(encoding="utf-8"))
    with (HERE / "prompts.jsonl").open("w", encoding="utf-8") as file:
        for task, prompt, completion in rows(facts):
            row = {"task": task, "prompt": prompt, "completion": completion}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
