"""The data doctor: looks over rows before anything is learnt from them, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from jobs.data.batch import Batch, batches
from jobs.data.checks import Whole, checks, mends_of
from jobs.data.mends import Mend, Stored
from jobs.data.studies import studies
from jobs.errors import NotFound
from jobs.types import Example, Finding


class Examination:
    """Every check at work on one file, batch by batch."""

    def __init__(self) -> None:
        self._examiners = [check.start() for check in checks()]

    def feed(self, batch: Batch, *, test: bool = False) -> None:
        """Look at some more rows; those of the user's own test file come before all others."""
        for examiner in self._examiners:
            examiner.feed(batch, test=test)

    def findings(
        self,
        tested: Callable[[], int | None] = lambda: None,
        going: Callable[[], None] = lambda: None,
        learnt: Callable[[], np.ndarray | None] = lambda: None,
    ) -> tuple[Finding, ...]:
        """What there is to say, the gravest first.

        `tested` and `learnt` are as `Whole` has them. `going` is called between two steps of the
        work; what it raises ends it.
        """
        whole = Whole(tested, learnt)
        found: list[Finding] = []
        for examiner in self._examiners:
            going()
            found += examiner.finish(whole)
        return in_order(found)


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
    return examination.findings(lambda: tested)


def study(
    stored: Stored, progress: Callable[[int], None] = lambda rows: None
) -> tuple[Finding, ...]:
    """What takes longer: near duplicates, leaks into the test, languages."""
    return in_order(finding for part in studies() for finding in part.study(stored, progress))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest first; of one gravity, in order of harm."""
    places: dict[str, int] = {}
    found = list(findings)
    for place, finding in enumerate(found):
        places.setdefault(finding.code, place)
    return tuple(sorted(found, key=lambda f: (f.rank, places[f.code])))


def find_mend(code: str, elsewhere: Sequence[str] = ()) -> Mend:
    """The mend of a finding; `elsewhere` names findings that are mended, but not by the doctor."""
    known = {c: mend for part in (*checks(), *studies()) for c, mend in mends_of(part).items()}
    if code not in known:
        can = ", ".join(sorted({*known, *elsewhere}))
        raise NotFound(f"There is no mend for “{code}”.", f"What can be mended: {can}.")
    return known[code]
