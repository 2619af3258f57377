"""What a mend is: it looks at a stored dataset and says of each row what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from jobs.data.batch import Batch
from jobs.data.looks import Look
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


@dataclass(frozen=True)
class Selective:
    """An edit that knows which rows of a batch it may change: no other becomes an object."""

    # Positions, in order, of the rows to look at; batches of a split come in order, each once.
    near: Callable[[Split, Batch], np.ndarray]
    become: Callable[[Split, Example], Example | None]

    def __call__(self, split: Split, row: Example) -> Example | None:
        """One row by itself, after all that come before it."""
        chosen = len(self.near(split, Batch.of([row])))
        return self.become(split, row) if chosen else row


def near(edit: Edit, split: Split, batch: Batch) -> tuple[np.ndarray, Edit]:
    """Which rows of a batch an edit looks at, and what it makes of each of these."""
    if isinstance(edit, Selective):
        return edit.near(split, batch), edit.become
    return np.arange(len(batch)), edit


class Places:
    """Rows that are known by their places (from 0) in their split, found as batches come."""

    def __init__(self, places: Mapping[Split, Collection[int]]) -> None:
        self._places = {s: np.sort(np.fromiter(each, np.int64)) for s, each in places.items()}
        self._seen = dict.fromkeys(places, 0)

    def near(self, split: Split, batch: Batch) -> np.ndarray:
        """Positions in the batch; it is the next one of its split."""
        if split not in self._places:
            return np.zeros(0, np.int64)
        places, begin = self._places[split], self._seen[split]
        self._seen[split] = end = begin + len(batch)
        first, last = np.searchsorted(places, (begin, end))
        return places[first:last] - begin


def _where(look: Look) -> Callable[[Split, Batch], np.ndarray]:
    return lambda split, batch: batch.where(look)


def rewriting(change: Callable[[str], str], look: Look) -> Callable[[Stored], Edit]:
    """A mend that rewrites every text in the same way, on all sides; blank rows go.

    All rows that it may change pass the look.
    """

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

    return lambda _: Selective(_where(look), edit)


def leaving_places_out(places: Callable[[Stored], Collection[int]]) -> Callable[[Stored], Edit]:
    """A mend that leaves training rows out by their places (0-based, in the order of the file)."""
    return lambda stored: leaving_these_out({"train": places(stored)})(stored)


def leaving_these_out(places: Mapping[Split, Collection[int]]) -> Callable[[Stored], Edit]:
    """A mend that leaves rows out of some splits, by their places (0-based, in their order)."""
    return lambda _: Selective(Places(places).near, lambda split, row: None)


def leaving_out(
    wrong: Callable[[Example], bool], look: Callable[[Batch], np.ndarray]
) -> Callable[[Stored], Edit]:
    """A mend that leaves rows out of training and validation; the test stays what it was.

    `look` finds the positions of the rows of a batch that may be wrong.
    """

    def edit(split: Split, row: Example) -> Example | None:
        return None if split != "test" and wrong(row) else row

    return lambda _: Selective(lambda split, batch: look(batch), edit)
