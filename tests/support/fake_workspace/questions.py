"""The verbs of questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fake_workspace.opened import Opened
from jobs.types import (
    Ask,
)


class QuestionVerbs(Opened):
    def ask(
        self,
        variants: Sequence[str],
        prompt: str,
        *,
        model: str | None = None,
        template: str | None = None,
        data: str | None = None,
        temperature: Any = 0.0,
        top_p: Any = 1.0,
        seed: Any = 0,
        length: Any = 200,
    ) -> int:
        sampling = {"temperature": temperature, "top_p": top_p, "seed": seed, "length": length}
        shape = {"model": model, "template": template, "data": data}
        return self.talking.ask(variants, prompt, {**shape, **sampling})

    def answers(self, ask_id: int) -> Ask:
        return self.talking.answers(ask_id)

    def follow(self, ask_id: int, every: float = 0.1) -> Iterator[Ask]:
        return self.talking.follow(ask_id, every)

    def stop_ask(self, ask_id: int) -> Ask:
        return self.talking.stop(ask_id)

    def asked(self, limit: int = 10) -> list[Ask]:
        return self.talking.newest(limit)
