"""The verbs of questions: a prompt of one's own, answered by every variant."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.types import Ask
from jobs.workspace import using
from jobs.workspace.verbs.comparisons import ComparisonVerbs


class QuestionVerbs(ComparisonVerbs):
    """What can be asked."""

    def ask(
        self,
        variants: Sequence[str],
        prompt: str,
        *,
        model: str | None = None,
        template: str | None = None,
    ) -> int:
        """Put one prompt to every variant; `answers` has them as they come."""
        device = self._machine.assume()
        ask_id = using.ask(self._store, variants, prompt, model, template, device)
        self._executor.wake(device.name)
        return ask_id

    def answers(self, ask_id: int) -> Ask:
        self._revive()
        return self._store.asks.get(ask_id)
