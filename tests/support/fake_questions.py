"""Questions to the fake workspace: each variant writes a few words a second, by its clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jobs.errors import InputError, NotFound
from jobs.evaluation.sampling import Sampling
from jobs.options import parse
from jobs.types import Ask, Completion, JobInfo
from jobs.workspace.asking import follow


@dataclass
class Question:
    """One that was asked, and when it was stopped, if it was."""

    ask: Ask
    words: Mapping[str, Sequence[str]]
    stopped: float | None = None


@dataclass
class FakeQuestions:
    """`loading` seconds, then `pace` words a second; a prompt with “long” in it is answered at
    length."""

    clock: Any
    loading: float = 0.3
    pace: float = 40.0
    questions: list[Question] = field(default_factory=list)
    behind: JobInfo | None = None  # what the next question has to wait for

    def ask(self, variants: Sequence[str], prompt: str, more: Mapping[str, Any]) -> int:
        if not prompt.strip():
            raise InputError("The prompt is empty.", "Write what the model should answer to.")
        if not variants:
            raise InputError("No variant was named.", "Name base, base@4bit, base+3 or a run.")
        names = ("temperature", "top_p", "seed", "length")
        sampling = parse(Sampling, {name: more[name] for name in names})
        number = len(self.questions) + 1
        settings = {
            **{name: getattr(sampling, name) for name in names},
            "models": dict.fromkeys(variants, more["model"] or "starter"),
            "dataset_id": 1,
        }
        words = {
            v: [f"An answer of {v} to:", prompt, *(["and so on"] * 400 * ("long" in prompt))]
            for v in variants
        }
        made = Ask(
            id=number,
            created=self.clock(),
            model=more["model"] or "starter",
            variants=tuple(variants),
            prompt=prompt,
            template=more["template"] or "{prompt}",
            settings=settings,
            state="queued",
            job_id=900 + number,
            behind=self.behind,
            ahead=1 if self.behind else 0,
        )
        self.questions.append(Question(made, words))
        return number

    def answers(self, ask_id: int) -> Ask:
        if not 0 < ask_id <= len(self.questions):
            raise NotFound(f"There is no ask {ask_id}.", "Ask again.")
        asked = self.questions[ask_id - 1]
        if asked.ask.behind is not None and asked.stopped is None:
            return asked.ask
        age = (asked.stopped or self.clock()) - asked.ask.created
        if age < self.loading:
            state = "stopped" if asked.stopped else "running"
            return replace(asked.ask, state=state, behind=None, phase="Loading Practice model")
        written = int((age - self.loading) * self.pace)
        said = {v: words[:written] for v, words in asked.words.items()}
        grown = {v: _said(words, age) for v, words in said.items()}
        whole = {v: c for v, c in grown.items() if len(said[v]) == len(asked.words[v])}
        part = {v: c for v, c in grown.items() if v not in whole}
        state = "stopped" if asked.stopped else "running" if part else "done"
        return replace(
            asked.ask,
            state=state,
            answers=whole,
            written=part,
            phase="Writing answers" if state == "running" else "",
        )

    def stop(self, ask_id: int) -> Ask:
        if self.answers(ask_id).state in ("queued", "running"):
            self.questions[ask_id - 1].stopped = self.clock()
        return self.answers(ask_id)

    def follow(self, ask_id: int, every: float) -> Iterator[Ask]:
        return follow(lambda: self.answers(ask_id), every)

    def newest(self, limit: int) -> list[Ask]:
        return [self.answers(q.ask.id) for q in reversed(self.questions)][:limit]


def _said(words: Sequence[str], age: float) -> Completion:
    return Completion(" ".join(words), len(words), hit_limit=False, seconds=age)
