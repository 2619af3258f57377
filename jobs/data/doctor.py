"""The data doctor: looks over rows before anything is learnt from them, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.data.checks import Sheet, checks
from jobs.types import Example, Finding

GRAVITY = {"error": 0, "warning": 1, "note": 2}


def examine(
    rows: Sequence[Example],
    test: Sequence[Example] | None = None,
    tested: int | None = None,
) -> tuple[Finding, ...]:
    """What there is to say about the rows, the gravest first.

    `rows` and `test` (the user's own test file, where there is one) are as `read_rows` gives them,
    blank ones included; `tested` is how many prompts the test split has, once there is one.
    """
    sheet = Sheet(rows, test, tested)
    found = [finding for check in checks() for finding in check.check(sheet)]
    return tuple(sorted(found, key=lambda finding: GRAVITY[finding.severity]))
