"""The verbs of questions: a prompt of one's own, answered by every variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jobs.evaluation.sampling import LONGEST_ANSWER, Sampling
from jobs.options import parse
from jobs.types import Ask
from jobs.workspace import asking
from jobs.workspace.verbs.forgetting import ForgettingVerbs


class QuestionVerbs(ForgettingVerbs):
    """What can be asked. Nothing of it reaches a comparison: answers are kept with their question
    alone."""

    def ask(
        self,
        variants: Sequence[str],
        prompt: str,
        *,
        model: str | None = None,
        template: str | None = None,
        data: str | None = None,
        temperature: float | str = 0.0,
        top_p: float | str = 1.0,
        seed: int | str = 0,
        length: int | str = LONGEST_ANSWER,
    ) -> int:
        """Put one prompt to every variant; `answers` has them as they are written.

        `data` is where `base+3` takes its examples from, without it the first run's own. The last
        four may be text, as a form has it; `sampling_options` says what they mean.
        """
        given = {"temperature": temperature, "top_p": top_p, "seed": seed, "length": length}
        sampling = parse(Sampling, given)
        device = self._machine.assume()
        ask_id = asking.ask(
            self._store,
            variants,
            prompt,
            model=model,
            template=template,
            data=self.dataset(data) if data else None,
            sampling=sampling,
            device=device,
        )
        self._executor.wake(device.name)
        return ask_id

    def answers(self, ask_id: int) -> Ask:
        """A question with what has been written by now."""
        self._revive()
        return self._store.asks.get(ask_id)

    def follow(self, ask_id: int, every: float = 0.1) -> Iterator[Ask]:
        """A question each time that something has been written, looked at so often in seconds,
        until all have answered."""
        return asking.follow(lambda: self.answers(ask_id), every)

    def stop_ask(self, ask_id: int) -> Ask:
        """Let no more be written; what has been stays."""
        return asking.stop(self._store, ask_id)

    def asked(self, limit: int = 10) -> list[Ask]:
        """The newest questions first."""
        return self._store.asks.newest(limit)
