"""The verbs of forgetting: what a run lost of what its base could do."""

from __future__ import annotations

from jobs.types import JobInfo
from jobs.workspace import forgetting
from jobs.workspace.answers import Forgetting
from jobs.workspace.verbs.comparisons import ComparisonVerbs


class ForgettingVerbs(ComparisonVerbs):
    """What can be asked about forgetting."""

    def forget(self, name: str, *, data: str | None = None, limit: int | None = None) -> JobInfo:
        """Queue a look at what a run forgot, by general prompts or by the test prompts of a
        dataset that it was not trained on, at most `limit` of them; the same look again gives the
        one that exists."""
        device = self._machine.assume()
        dataset = self.dataset(data) if data else None
        job = forgetting.submit(self._store, self.run(name), dataset, limit, device)
        self._executor.wake(device.name)
        return job

    def forgettings(self, name: str) -> list[Forgetting]:
        """What was asked of a run in this, the newest first, with what was found."""
        self._revive()
        return forgetting.of_run(self._store, self.run(name))

    def forgotten(self, name: str) -> str:
        """What the newest look at a run says it forgot; "" where nobody has looked."""
        return forgetting.sentence(self._store, self.run(name))
