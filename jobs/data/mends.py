"""What a mend is: it looks at a stored dataset and says of each row what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from jobs.data.batch import Batch
from jobs.types import Example, Split

# What becomes of a row: itself, another text, or nothing. Rows of the test come first, then those
# of validation, then those of training, each in the order of their file.
Edit = Callable[[Split, Example], Example | None]


class Stored(Protocol):
    """The rows of a dataset as they lie on the disk."""

    def count(self, split: Split) -> int:
        """How many rows a split has."""

    def batches(self, split: Split) -> Iterator[Batch]:
        """All rows of a split, in the order of their file."""

    def rows(self, split: Split, positions: Sequence[int]) -> list[Example]:
        """The rows at these positions (0-based, ascending) of a split."""


@dataclass(frozen=True)
class Mend:
    """One press that makes a new version of a dataset."""

    label: str  # what the button says: "Leave the repeats out"
    done: str  # what the version says of itself: "Repeated rows left out"
    start: Callable[[Stored], Edit]


def rewriting(change: Callable[[str], str]) -> Callable[[Stored], Edit]:
    """A mend that rewrites every text in the same way, on all sides; blank rows go."""

    def start(_: Stored) -> Edit:
        def edit(split: Split, row: Example) -> Example | None:
            prompt = change(row.prompt)
            references = tuple(
                dict.fromkeys(text for text in map(change, row.references) if text.strip())
            )
            if not prompt.strip() or not references:
                return None
            if prompt == row.prompt and references == row.references:
                return row
            return Example(prompt, references, row.row)

        return edit

    return start


def leaving_places_out(places: Callable[[Stored], Collection[int]]) -> Callable[[Stored], Edit]:
    """A mend that leaves training rows out by their places (0-based, in the order of the file)."""
    return lambda stored: leaving_these_out({"train": places(stored)})(stored)


def leaving_these_out(places: Mapping[Split, Collection[int]]) -> Callable[[Stored], Edit]:
    """A mend that leaves rows out of some splits, by their places (0-based, in their order)."""

    def start(_: Stored) -> Edit:
        out = {split: frozenset(each) for split, each in places.items()}
        place = dict.fromkeys(out, -1)

        def edit(split: Split, row: Example) -> Example | None:
            if split not in out:
                return row
            place[split] += 1
            return None if place[split] in out[split] else row

        return edit

    return start


def leaving_out(wrong: Callable[[Example], bool]) -> Callable[[Stored], Edit]:
    """A mend that leaves rows out of training and validation; the test stays what it was."""

    def start(_: Stored) -> Edit:
        return lambda split, row: None if split != "test" and wrong(row) else row

    return start
