"""What a run forgot: twelve tasks of which three got worse."""

from __future__ import annotations

import functools
import random

from fake_workspace.opened import Opened
from fake_workspace.texts import NASTY, PROMPTS, REFERENCES
from jobs.evaluation.comparison import compare
from jobs.evaluation.forgetting import Forgotten, forgotten
from jobs.types import (
    Completion,
    Example,
    JobInfo,
)
from jobs.workspace.answers import Forgetting


@functools.cache
def fake_forgotten(run: str, each: int = 50) -> Forgotten:
    """Twelve tasks of which three got worse, with text in many scripts."""
    rng = random.Random(8)
    some, more = ("support", "dialogue", "describe", "extract", "question", NASTY), ("tone", "copy")
    tasks = (*some, *more, "classify", "order", "mail", "tense")
    names = [task for task in tasks for _ in range(each)]
    examples, sides = [], {"base": {}, run: {}}
    for index, task in enumerate(names):
        wanted = REFERENCES[index % 7]
        lost = rng.random() < {"tone": 0.8, "order": 0.4, "copy": 0.5}.get(task, 0.02)
        said = REFERENCES[(index + 1) % 7] if lost else wanted
        nats = rng.uniform(4, 9)
        sides["base"][index] = Completion(wanted, 12, False, nll=nats, reference_tokens=12)
        sides[run][index] = Completion(said, 12, False, nll=nats + 1.5, reference_tokens=12)
        examples.append(Example(f"{task} {index}: {PROMPTS[index % 7]}", (wanted,), index + 1))
    told = {"dtype": "float32", "max_new_tokens": 80}
    read = [e.prompt for e in examples]
    result = compare(examples, read, sides, ("base", run), told, "general questions", "general")
    return forgotten(result, run, "base", "general questions", names)


class ForgettingVerbs(Opened):
    def forget(self, name: str, *, data: str | None = None, limit: int | None = None) -> JobInfo:
        run = self.run(name)
        self.looked.setdefault(name, self.clock())
        self.looked_by.setdefault(name, (data, limit))
        return self._job(4000 + run.id, "forget", "queued", run_id=run.id)

    def forgettings(self, name: str) -> list[Forgetting]:
        run = self.run(name)
        if run.id == 4:  # it was looked at long ago
            done = self._job(4004, "forget", "done", run_id=4)
            return [Forgetting(done, None, fake_forgotten(run.name))]
        if name not in self.looked:
            return []
        data, limit = self.looked_by[name]
        number = None if data is None else self.dataset(data).id
        if name in self.broken_off:
            stopped = self._job(4000 + run.id, "forget", "stopped", run_id=run.id)
            return [Forgetting(stopped, number, None, limit)]
        share = (self.clock() - self.looked[name]) / 1.5
        state = "done" if share >= 1 else "running"
        more = {"phase": "Writing completions", "done": int(min(share, 1) * 1200), "total": 1200}
        job = self._job(4000 + run.id, "forget", state, run_id=run.id, **more)
        return [Forgetting(job, number, fake_forgotten(name) if state == "done" else None, limit)]

    def forgotten(self, name: str) -> str:
        return next((look.found.sentence for look in self.forgettings(name) if look.found), "")
