"""The data doctor: looks over rows before anything is learnt from them, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.data.batch import Batch, batches
from jobs.data.checks import Whole, checks
from jobs.types import Example, Finding

GRAVITY = {"error": 0, "warning": 1, "note": 2}


class Examination:
    """Every check at work on one file, batch by batch."""

    def __init__(self) -> None:
        self._examiners = [check.start() for check in checks()]

    def feed(self, batch: Batch, *, test: bool = False) -> None:
        """Look at some more rows; those of the user's own test file come before all others."""
        for examiner in self._examiners:
            examiner.feed(batch, test=test)

    def findings(self, tested: int | None = None) -> tuple[Finding, ...]:
        """What there is to say, the gravest first; `tested` prompts are in the test split."""
        whole = Whole(tested)
        found = [finding for each in self._examiners for finding in each.finish(whole)]
        return tuple(sorted(found, key=lambda finding: GRAVITY[finding.severity]))


def examine(
    rows: Sequence[Example],
    test: Sequence[Example] | None = None,
    tested: int | None = None,
) -> tuple[Finding, ...]:
    """What there is to say about rows that lie in memory.

    `rows` and `test` (the user's own test file, where there is one) are as `read_rows` gives them,
    blank ones included; `tested` is how many prompts the test split has, once there is one.
    """
    examination = Examination()
    for batch in batches(test or ()):
        examination.feed(batch, test=True)
    for batch in batches(rows):
        examination.feed(batch)
    return examination.findings(tested)
