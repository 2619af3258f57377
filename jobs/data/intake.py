"""What became of every row that was read: an account that adds up."""

from __future__ import annotations

from collections import Counter

from jobs.data.batch import Batch

READ = "read"
# Why a row that was read is not a row of the dataset, in the order in which it is told.
REASONS = ("unreadable", "empty_prompt", "empty_completion", "leaked", "folded")


class Intake:
    """Counts rows on their way in; those of a test file of the user's own as well."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def feed(self, batch: Batch) -> None:
        """Some rows that were read, blank ones included."""
        self._counts[READ] += len(batch)
        if batch.count_usable < len(batch):
            asked = int(batch.has_prompt.sum())
            self._counts["empty_prompt"] += len(batch) - asked
            self._counts["empty_completion"] += asked - batch.count_usable

    def could_not_read(self, lines: int) -> None:
        """Lines that cannot be read and were left out; they count as rows that were read."""
        self._counts[READ] += lines
        self._counts["unreadable"] += lines

    def leave_out(self, reason: str, rows: int) -> None:
        """Rows that were usable and are not kept."""
        self._counts[reason] += rows

    def counts(self) -> dict[str, int]:
        """Rows read, and rows left out by reason; what is kept is the rest."""
        left_out = {reason: self._counts[reason] for reason in REASONS if self._counts[reason]}
        return {READ: self._counts[READ], **left_out}
