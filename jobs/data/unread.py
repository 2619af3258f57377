"""Lines of a file that cannot be read: the first ends the reading, or they are left out, counted.

One rule for every format that has lines: a line of JSON that is none, a row of CSV and a line of
plain text with too many or too few cells; and for a row of any format whose chat is none. A few of
them are an accident. Many mean that the file is of another kind, and are refused whatever was asked
for.
"""

from __future__ import annotations

from jobs.data.words import count_of
from jobs.errors import BrokenLine, DataError, Misread

MOST = 1000  # lines; beyond them nobody looks at what was left out
PART = 10  # at most one line in so many; a single one in any file
TOLD = 12  # lines whose numbers are told


class Unread:
    """The lines of one file that cannot be read, as its last reading met them."""

    def __init__(self, name: str, *, leave_out: bool, unit: str = "line") -> None:
        self.name = name
        self.leave_out = leave_out
        self.unit = unit  # or "row", where what a line holds cannot be read
        self._errors: dict[int, DataError] = {}  # by line

    def __len__(self) -> int:
        return len(self._errors)

    def begin(self) -> None:
        """A reading begins: what an earlier one could not read, this one perhaps need not read."""
        self._errors = {}

    def meet(self, error: DataError, line: int) -> None:
        """A line that cannot be read: raises unless it is left out."""
        if not self.leave_out:
            raise BrokenLine(
                error.what,
                error.cure,
                line=line,
                unit=self.unit,
                detail=error.detail,
                excerpt=error.excerpt,
            ) from None
        self._errors.setdefault(line, error)
        if len(self) > MOST:
            raise self._another_kind(f"More than {MOST:,} {self.unit}s")

    def join(self, others: Unread) -> None:
        """The lines of another part of the file, below those that are here."""
        for line, error in others._errors.items():
            self.meet(error, line)

    def check(self, rows: int) -> None:
        """At the end of a file with so many rows that were read: raises where too many were not."""
        if len(self) > max(1, (rows + len(self)) // PART):
            raise self._another_kind(f"{len(self):,} of {rows + len(self):,} {self.unit}s")

    @property
    def told(self) -> str:
        """How many were left out, which, and why the first one; "" where all was read.

        “1 line cannot be read and is left out: line 7. Line 7 of …”
        """
        if not self._errors:
            return ""
        count, numbers = len(self), sorted(self._errors)
        some = ", ".join(f"{number:,}" for number in numbers[:TOLD])
        more = f" and {count - TOLD:,} more" if count > TOLD else ""
        verb, noun = ("is", self.unit) if count == 1 else ("are", f"{self.unit}s")
        what = f"{count_of(count, self.unit)} cannot be read and {verb} left out"
        return f"{what}: {noun} {some}{more}. {self._errors[numbers[0]].what}"

    def _another_kind(self, how_many: str) -> DataError:
        first = self._errors[min(self._errors)]
        kind = Misread if self.unit == "line" else DataError  # a chat is none in any encoding
        return kind(
            f"{how_many} of “{self.name}” cannot be read, too many to leave out. {first.what}",
            first.cure,
        )
