"""What was forgotten: by task, with Holm among tasks, and the sentences at their edges."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from jobs.evaluation import statistics
from jobs.evaluation.comparison import compare
from jobs.evaluation.forgetting import TaskChange, forgotten, sentence, turned
from jobs.evaluation.forgetting_file import load, place, save
from jobs.types import Completion, Difference, Example, Score

REFERENCE = "one two three four five"
GRADES = (REFERENCE, "one two three four six", "one two six seven eight", "six seven eight nine")


def asked(
    tasks: dict[str, tuple[int, float]], surprise: float = 0.0, seed: int = 0
) -> tuple[Any, list[str]]:
    """A comparison of `run` with `base`: of each task so many prompts, of which a share got worse;
    `surprise` is added to the nats of every token."""
    rng = random.Random(seed)
    names = [task for task, (count, _) in tasks.items() for _ in range(count)]
    before, after = {}, {}
    for index, task in enumerate(names):
        nats = rng.uniform(2, 4)
        worse = rng.random() < tasks[task][1]
        text = GRADES[rng.randint(1, 3)] if worse else REFERENCE
        before[index] = Completion(REFERENCE, 5, False, nll=nats, reference_tokens=5)
        more = nats + 5 * surprise + rng.uniform(-0.1, 0.1)
        after[index] = Completion(text, 5, False, nll=more, reference_tokens=5)
    examples = [Example(f"{task} {n}", (REFERENCE,), n + 1) for n, task in enumerate(names)]
    result = compare(
        examples,
        [e.prompt for e in examples],
        {"base": before, "run": after},
        ("base", "run"),
        {},
        "general questions",
        "general",
    )
    return result, names


def found(tasks: dict[str, tuple[int, float]], **more: Any) -> Any:
    result, names = asked(tasks, **more)
    return forgotten(result, "run", "base", "general questions", names)


@pytest.mark.parametrize(("lost", "how_much"), [(0.4, "some"), (0.9, "most")])
def test_how_much_was_forgotten_is_said(lost: float, how_much: str) -> None:
    """Some of it, unless less than half of the score is left."""
    told = found({"tone": (60, lost), "order": (60, lost)})
    assert told.sentence.startswith(f"“run” forgot {how_much} of what its base could do: ")


def test_what_got_worse_is_said_and_where() -> None:
    told = found({"tone": (60, 0.9), "copy": (60, 0.0), "order": (60, 0.4)})
    assert told.outcome == "worse"
    assert told.sentence.startswith("“run” forgot some of what its base could do: worse on ")
    assert " of 180 general questions; word overlap 1.00 → " in told.sentence
    assert "Worse in 2 of 3 tasks: tone (1.00 → " in told.sentence
    assert told.sentence.index("tone (") < told.sentence.index("order (")
    assert [t.outcome for t in told.tasks] == ["worse", "same", "worse"]
    assert [t.prompts for t in told.tasks] == [60, 60, 60]


def test_nothing_lost_is_said_with_what_could_have_been_seen() -> None:
    told = found({"tone": (60, 0.0), "copy": (60, 0.0)})
    assert told.sentence == (
        "No forgetting to be seen in “run” on 120 general questions: each scores as before; "
        "word overlap 1.00. None of its 2 tasks is seen to be worse. No change is to be seen in "
        "how much the references, the answers it should give, surprise it: "
        f"{told.sentence.rsplit(': ', 1)[1]}"
    )


@pytest.mark.parametrize("rise", [0.03, 0.1], ids=["the same", "better"])
def test_a_task_that_was_lost_is_forgetting_whatever_others_gained(rise: float) -> None:
    def change(task: str, gains: list[float]) -> TaskChange:
        apart = statistics.difference(gains, [0.0] * len(gains), a="run", b="base", metric="rougeL")
        none = Difference("run", "base", "nll", None, None, None, 0, 0, 0)
        return TaskChange(task, len(gains), replace(apart, a_mean=0.9, b_mean=0.9), none)

    rng = random.Random(0)
    lost = change("capitals", [-0.7] * 20 + [0.01] * 30)
    other = [change(f"task {n}", [rise + rng.gauss(0, 0.05) for _ in range(50)]) for n in range(7)]
    gained = [rise + rng.gauss(0, 0.05) for _ in range(350)]
    whole = change("", [-0.7] * 20 + [0.01] * 30 + gained)
    assert whole.outcome == ("better" if rise == 0.1 else "same")
    told = sentence(whole, [lost, *other], "run", "general questions", "rougeL")
    assert told.startswith(
        "“run” forgot some of what its base could do, though not in the mean of all 400 general"
    )
    assert "Worse in 1 of 8 tasks: capitals" in told


def test_right_but_less_sure_is_said_beside_it() -> None:
    told = found({"tone": (60, 0.0), "copy": (60, 0.0)}, surprise=0.5)
    assert told.outcome == "same"
    assert "No forgetting to be seen" in told.sentence
    assert (
        "The references, the answers it should give, surprise it more than before: "
        in told.sentence
    )
    assert "difference 0.50 (" in told.sentence
    assert {t.sureness for t in told.tasks} == {"worse"}


@pytest.mark.parametrize(("count", "unclear"), [(49, True), (50, False)])
def test_too_few_prompts_tell_nothing(count: int, unclear: bool) -> None:
    told = found({"tone": (count, 1.0)})
    assert told.sentence.startswith("Too few prompts to tell whether") is unclear
    assert (told.outcome == "unclear") is unclear
    assert told.tasks == ()
    if unclear:
        assert "49 could be scored, at least 50 are needed" in told.sentence
        assert "surprise" not in told.sentence


def test_few_prompts_a_task_are_told_of_as_such() -> None:
    told = found({"tone": (30, 0.0), "copy": (60, 0.0)})
    assert "None of 2 tasks is seen to be worse; of 1 there are too few prompts" in told.sentence


def test_changes_on_a_handful_of_prompts_tell_nothing() -> None:
    """As in every verdict: fewer than ten prompts that differ say nothing of the next ones."""
    told = found({"tone": (200, 0.02)}, seed=3)
    assert 0 < told.whole.score.losses < 10
    assert "it scores as before on " in told.sentence


def test_small_changes_on_few_prompts_tell_nothing() -> None:
    """A loss that is rare and large may have been missed there."""
    d = Difference("run", "base", "rougeL", 0.0, -0.01, 0.01, 40, 0, 40, 0.5, 0.5, noticed=2)
    none = Difference("run", "base", "nll", None, None, None, 0, 0, 0)
    said = sentence(TaskChange("", 80, d, none), [], "run", "general questions", "rougeL")
    assert said == (
        "Too few prompts to tell whether “run” forgot anything: their scores are nearly the same "
        "on 78 of 80, and changes that are rare are easily missed among fewer than 100; "
        "word overlap 0.50 → 0.50; more prompts would tell."
    )


def test_one_unlucky_task_of_many_is_not_believed() -> None:
    """Holm among the tasks: a p of 0.02 of one task is luck among twelve."""
    d = Difference("run", "base", "rougeL", -0.1, -0.2, -0.01, 5, 30, 15, 0.5, 0.6, p=0.02)
    alone = TaskChange("tone", 50, d, d)
    assert alone.outcome == "worse"
    assert replace(alone, score=replace(d, holm=0.24)).outcome == "same"
    tasks = {f"task {n}": (60, 0.08 if n == 0 else 0.0) for n in range(12)}
    told = found({**tasks, "task 0": (60, 0.3)})
    assert told.tasks[0].score.holm == pytest.approx(min(1.0, told.tasks[0].score.p * 12))


def test_less_surprise_is_the_better() -> None:
    d = Difference("run", "base", "nll", 0.2, 0.1, 0.3, 40, 2, 8)
    other = turned(d)
    assert (other.delta, other.low, other.high) == (-0.2, -0.3, -0.1)
    assert (other.wins, other.ties, other.losses) == (8, 2, 40)
    assert turned(other) == d
    nothing = Difference("run", "base", "nll", None, None, None, 0, 0, 0)
    assert turned(nothing) == nothing


def test_doing_better_is_no_forgetting() -> None:
    d = Difference("run", "base", "rougeL", 0.1, 0.05, 0.15, 60, 30, 10, 0.6, 0.5)
    none = Difference("run", "base", "nll", None, None, None, 0, 0, 0)
    said = sentence(TaskChange("", 100, d, none), [], "run", "general questions", "rougeL")
    assert said == (
        "“run” forgot nothing that could be seen, and does better than its base on 100 general "
        "questions; word overlap 0.50 → 0.60, difference 0.10 (0.05 to 0.15)."
    )


def test_the_worst_prompts_come_first_and_those_that_lost_nothing_not_at_all() -> None:
    told = found({"tone": (60, 0.5)})
    worst = told.worst(60)
    losses = [e.scores["run"]["rougeL"].value - e.scores["base"]["rougeL"].value for e in worst]
    assert losses == sorted(losses)
    assert losses[0] < -0.5
    less_sure = [e.completions["run"].nll > e.completions["base"].nll for e in worst]
    assert all(loss < 0 or less for loss, less in zip(losses, less_sure, strict=True))


def test_who_answers_better_lost_nothing_by_being_less_sure() -> None:
    result, names = asked({"tone": (60, 0.0)}, surprise=1.0)
    better = [
        replace(e, scores={**e.scores, "base": {**e.scores["base"], "rougeL": Score(0.2)}})
        for e in result.examples
    ]
    told = forgotten(replace(result, examples=better), "run", "base", "questions", names)
    assert told.worst() == []


def test_it_is_the_same_from_its_file(tmp_path: Any) -> None:
    told = found({"tone": (60, 0.9), "copy": (60, 0.0)})
    where = place(tmp_path, {})
    assert load(where) is None
    save(told, where)
    again = load(where)
    assert again.sentence == told.sentence
    assert again.whole == told.whole
    assert again.tasks == told.tasks
    assert [e.index for e in again.worst()] == [e.index for e in told.worst()]
    where.with_suffix(".json").write_text('{"form": 7}')
    assert load(where) is None
