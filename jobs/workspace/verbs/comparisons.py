"""The verbs of comparisons: scoring variants side by side, and voting blindly."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.errors import Unavailable
from jobs.evaluation import archive
from jobs.evaluation.votes import Duel, Tally, next_duel, tally
from jobs.queue.variants import BASE, BASE_4BIT, FEW_SHOT, precision_for
from jobs.types import ComparisonInfo, ComparisonResult, JobInfo
from jobs.workspace import comparing, voting
from jobs.workspace.answers import Helped
from jobs.workspace.helped import helped
from jobs.workspace.verbs.runs import RunVerbs


class ComparisonVerbs(RunVerbs):
    """What can be done with comparisons."""

    def compare(
        self,
        data: str,
        variants: Sequence[str],
        *,
        split: str = "test",
        limit: int | None = None,
        dtype: str = "auto",
        model: str | None = None,
    ) -> ComparisonInfo:
        """Queue a comparison; the same request again gives the one that exists."""
        device = self._machine.assume()
        precision_for(dtype, device)
        info = comparing.submit(
            self._store, self.dataset(data), variants, device,
            split=split, limit=limit, dtype=dtype, model=model,
        )  # fmt: skip
        self._executor.wake(device.name)
        return info

    def comparisons(self, limit: int | None = None, offset: int = 0) -> list[ComparisonInfo]:
        """Comparisons, the newest first."""
        return self._store.comparisons.list(limit, offset)

    def count_comparisons(self) -> int:
        """How many comparisons there are."""
        return self._store.comparisons.count()

    def comparison(self, comparison_id: int) -> ComparisonInfo:
        return self._store.comparisons.get(comparison_id)

    def comparison_job(self, comparison_id: int) -> JobInfo:
        self._revive()
        return self._store.jobs.get(self.comparison(comparison_id).job_id)

    def comparison_of(self, run_name: str) -> ComparisonInfo | None:
        """The comparison that says most of a run: see `comparing.comparison_with`."""
        return comparing.comparison_with(self._store, self.run(run_name))

    def helped(self, run_name: str) -> Helped | None:
        """What the comparison that `comparison_of` gives says of this run; None until it is
        scored."""
        run = self.run(run_name)
        info = comparing.comparison_with(self._store, run)
        if info is None or not info.verdict:
            return None
        return helped(self._store, info, self.result(info.id), run)

    def result(self, comparison_id: int) -> ComparisonResult | None:
        """A comparison's result, or None until it is scored."""
        path = self.home.comparison(self.comparison(comparison_id).id)
        known = self._results.get(comparison_id)
        result = archive.load_scored(path) if known is None else known
        if known is None and result is not None:
            while len(self._results) >= 8:  # a result of 600 prompts takes a few megabytes
                self._results.pop(next(iter(self._results)), None)
            self._results[comparison_id] = result
        return result

    def duel(
        self, comparison_id: int, voter: str, shown: tuple[int, str, str] | None = None
    ) -> Duel | None:
        """Two answers that this person has not judged yet; None when there are no more.

        Those that are `shown` already (position, left, right) stay, unless they were judged.
        """
        voter, result = voting.check_voter(voter), self._finished(comparison_id)
        return next_duel(result, self._store.votes.list(comparison_id), voter, shown)

    def vote(
        self, comparison_id: int, voter: str, position: int, left: str, right: str, choice: str
    ) -> None:
        """Keep a vote (left, right, tie, bad) on the two answers of a duel."""
        voter, result = voting.check_voter(voter), self._finished(comparison_id)
        voting.vote(self._store, result, comparison_id, voter, position, left, right, choice)

    def hand_over_votes(self, comparison_id: int, voter: str, name: str) -> None:
        """What was voted under one name is another's from here on."""
        voter, name = voting.check_voter(voter), voting.check_voter(name)
        self._store.votes.hand_over(self.comparison(comparison_id).id, voter, name)

    def undo_vote(self, comparison_id: int, voter: str) -> bool:
        """Take back a person's newest vote; False if there is none."""
        voter = voting.check_voter(voter)
        return self._store.votes.undo(self.comparison(comparison_id).id, voter) is not None

    def votes(self, comparison_id: int) -> tuple[Tally, ...]:
        """What people's votes amount to, a pair at a time."""
        found = self._store.votes.list(self.comparison(comparison_id).id)
        return tally(self._finished(comparison_id), found) if found else ()

    def _finished(self, comparison_id: int) -> ComparisonResult:
        result = self.result(comparison_id)
        if result is None:
            state = self.comparison(comparison_id).state
            raise Unavailable(f"Comparison {comparison_id} is {state}.", "Wait for its end.")
        return result

    def variants(
        self,
        model: str | None = None,
        data: str | None = None,
        *,
        words: str = "",
        limit: int | None = None,
    ) -> list[str]:
        """What can be compared: the base in both precisions and with three examples in its prompt
        (other numbers of examples are `base+1` to `base+5`), and the newest `limit` runs that have
        an adapter and these words in their name.
        """
        found = comparing.answering(self._store, words, data, model, limit)
        return [BASE, BASE_4BIT, FEW_SHOT, *(run.name for run in found)]
