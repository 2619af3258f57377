"""What a run forgot: its answers to general prompts against its base's, over all and by task.

The base is the "before": the run's own, in the precision that the run stands on. Two things are
told of each task, the change of the score (that of `outcomes.py`, fixed before anything is scored)
and of the surprise (negative log-likelihood a token of the reference), each with the interval of a
paired bootstrap over prompts. The words follow the rules of `outcomes.py`:

1. what the run is to its base over all prompts, by the score: *worse* is forgetting (of some, or of
   most, where less than half of the base's score is left), *same* is no forgetting to be seen,
   *unclear* is too few prompts to tell;
2. the same for each task, with the p of Holm among the tasks: of many tasks one is soon unlucky. A
   task that got worse is forgetting, whatever others make up for it in the mean;
3. the surprise beside it, by the same rules: a model can still answer right and be less sure. It is
   never the head of the sentence, since training on any data changes it a little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jobs.evaluation import statistics
from jobs.evaluation.outcomes import MIN_CHANGES, Outcome, outcome, turned
from jobs.evaluation.resampling import TIE
from jobs.evaluation.verdict import (
    capital,
    enough,
    gap,
    least,
    little,
    named,
    number,
    score_word,
)
from jobs.types import ENOUGH_PROMPTS, ComparedExample, ComparisonResult, Difference

SURPRISE = "nll"
MOST = 0.5  # of the base's score: who keeps less has forgotten most of it
NAMED = 3  # tasks that the sentence names


@dataclass(frozen=True)
class TaskChange:
    """One task before and after; `score` and `surprise` are the run (`a`) minus its base (`b`).

    Of the surprise less is better, so a difference above 0 is the worse there.
    """

    task: str
    prompts: int
    score: Difference
    surprise: Difference

    @property
    def outcome(self) -> Outcome:
        """What became of the answers."""
        return outcome(self.score)

    @property
    def sureness(self) -> Outcome:
        """What became of how sure it is of the references."""
        return outcome(turned(self.surprise))


@dataclass(frozen=True)
class Forgotten:
    """All that is known of what a run forgot."""

    run: str
    base: str  # the variant that is the "before"
    prompts: str  # what was asked: "general questions"
    sentence: str
    whole: TaskChange
    tasks: tuple[TaskChange, ...]  # as they stand in the set; none where all is one task
    task_of: tuple[str, ...]  # of each prompt
    result: ComparisonResult  # every prompt with both answers and all scores

    @property
    def outcome(self) -> Outcome:
        """Worse is forgetting, over all prompts or in a task."""
        return "worse" if _worse(self.tasks) else self.whole.outcome

    def worst(self, count: int = 5) -> list[ComparedExample]:
        """The prompts whose answers lost most; where answers are as good, those that surprise
        most. Prompts that lost nothing are not among them."""
        found = sorted((self._gain(e), e.index) for e in self.result.examples)
        return [
            self.result.examples[index]
            for (score, surprise), index in found[:count]
            if score < 0 or (score == 0 and surprise < 0)
        ]

    def _gain(self, example: ComparedExample) -> tuple[float, float]:
        """How much better the run does than its base, by score and by surprise; 0 within `TIE`."""
        after, before = example.scores[self.run], example.scores[self.base]
        score = _apart(after, before, self.result.metric)
        return score or 0.0, -(_apart(after, before, SURPRISE) or 0.0)


def forgotten(
    result: ComparisonResult, run: str, base: str, prompts: str, tasks: Sequence[str], seed: int = 0
) -> Forgotten:
    """What a comparison of a run with its base on general prompts amounts to, by task."""
    whole = _change(result.examples, result.metric, run, base, "", seed)
    names = list(dict.fromkeys(tasks))
    changes = []
    if len(names) > 1:
        for task in names:
            mine = [e for e, of in zip(result.examples, tasks, strict=True) if of == task]
            changes.append(_change(mine, result.metric, run, base, task, seed))
        changes = _corrected(changes)
    said = sentence(whole, changes, run, prompts, result.metric)
    return Forgotten(run, base, prompts, said, whole, tuple(changes), tuple(tasks), result)


def sentence(
    whole: TaskChange, tasks: Sequence[TaskChange], run: str, prompts: str, metric: str
) -> str:
    """What was forgotten, by the rules at the head of this file."""
    head = _head(whole, run, prompts, metric, in_part=bool(_worse(tasks)))
    return " ".join(part for part in (head, _by_task(tasks), _sureness(whole)) if part)


def _head(whole: TaskChange, run: str, prompts: str, metric: str, *, in_part: bool) -> str:
    d, score = whole.score, score_word(metric)
    means = f"{score} {number(d.b_mean)} → {number(d.a_mean)}"
    scored = d.wins + d.ties + d.losses
    if whole.outcome == "unclear":
        head = f"Too few prompts to tell whether {named(run)} forgot anything"
        if scored < ENOUGH_PROMPTS:
            why = f"{scored} could be scored, at least {ENOUGH_PROMPTS} are needed"
        else:
            why = _little(d)
        return f"{head}: {why}; {means}; {enough(d)}."
    if whole.outcome == "worse":
        most = d.a_mean is not None and d.b_mean is not None and d.a_mean < MOST * d.b_mean
        head = f"{named(run)} forgot {'most' if most else 'some'} of what its base could do"
        head = f"{head}: worse on {d.losses} and better on {d.wins} of {scored} {prompts}"
        return f"{capital(head)}; {means}, {gap(d)}."
    if in_part:
        head = f"{named(run)} forgot some of what its base could do, though not in the mean of all"
        return f"{capital(head)} {scored} {prompts}; {means}, {gap(d)}."
    if whole.outcome == "better":
        head = f"{named(run)} forgot nothing that could be seen, and does better than its base"
        return f"{capital(head)} on {scored} {prompts}; {means}, {gap(d)}."
    head = f"No forgetting to be seen in {named(run)} on {scored} {prompts}"
    if d.wins + d.losses == 0:
        return f"{head}: each scores as before; {score} {number(d.a_mean)}."
    return f"{head}; {means}, {gap(d)}{least(d)}."


def _little(d: Difference) -> str:
    """Why enough prompts tell nothing all the same."""
    if d.wins + d.losses < MIN_CHANGES:
        return f"it scores as before on {d.ties} of {d.wins + d.ties + d.losses}"
    return little(d)


def _by_task(tasks: Sequence[TaskChange]) -> str:
    """Which tasks got worse, those that lost most first."""
    if not tasks:
        return ""
    lost = sorted(_worse(tasks), key=lambda t: t.score.delta or 0.0)
    if not lost:
        sure = sum(t.outcome != "unclear" for t in tasks)
        if sure == len(tasks):
            return f"None of its {len(tasks)} tasks is seen to be worse."
        few = f"of {len(tasks) - sure} there are too few prompts to tell"
        return f"None of {len(tasks)} tasks is seen to be worse; {few}." if sure else ""
    told = [f"{t.task} ({number(t.score.b_mean)} → {number(t.score.a_mean)})" for t in lost]
    more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
    names = ", ".join(told[:NAMED])
    return f"Worse in {len(lost)} of {len(tasks)} tasks: {names}{more}."


def _worse(tasks: Sequence[TaskChange]) -> list[TaskChange]:
    return [task for task in tasks if task.outcome == "worse"]


def _sureness(whole: TaskChange) -> str:
    """What became of the surprise; nothing where it is not known well enough."""
    d = whole.surprise
    if whole.sureness == "unclear" or d.delta is None:
        return ""
    change = f"{number(d.b_mean)} → {number(d.a_mean)} nats a token, {gap(d)}"
    wanted = "The references, the answers it should give,"
    if whole.sureness == "worse":
        return f"{wanted} surprise it more than before: {change}."
    if whole.sureness == "better":
        return f"{wanted} surprise it less than before: {change}."
    wanted = wanted[:1].lower() + wanted[1:]
    return f"No change is to be seen in how much {wanted} surprise it: {change}."


def _change(
    examples: Sequence[ComparedExample], metric: str, run: str, base: str, task: str, seed: int
) -> TaskChange:
    def apart(name: str) -> Difference:
        after, before = (
            [None if (s := e.scores[v].get(name)) is None else s.value for e in examples]
            for v in (run, base)
        )
        return statistics.difference(after, before, a=run, b=base, metric=name, seed=seed)

    return TaskChange(task, len(examples), apart(metric), apart(SURPRISE))


def _corrected(changes: Sequence[TaskChange]) -> list[TaskChange]:
    """With the p of Holm among the tasks, of score and of surprise apart."""
    scores = _holm([change.score for change in changes])
    surprises = _holm([change.surprise for change in changes])
    return [
        replace(change, score=score, surprise=surprise)
        for change, score, surprise in zip(changes, scores, surprises, strict=True)
    ]


def _holm(differences: Sequence[Difference]) -> list[Difference]:
    known = [place for place, d in enumerate(differences) if d.p is not None]
    found = list(differences)
    among = statistics.holm([differences[place].p or 0.0 for place in known])
    for place, p in zip(known, among, strict=True):
        found[place] = replace(found[place], holm=p)
    return found


def _apart(after: Mapping[str, object], before: Mapping[str, object], name: str) -> float | None:
    values = [getattr(scores.get(name), "value", None) for scores in (after, before)]
    if values[0] is None or values[1] is None:
        return None
    apart = float(values[0]) - float(values[1])
    return apart if abs(apart) > TIE else 0.0
