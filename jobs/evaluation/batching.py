"""Which rows are answered together: rows of like length, as many as the memory takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Row:
    """One prompt for one variant; `virtual_tokens` of its soft prompt come before the ids.

    `target_ids` are a reference whose likelihood is wanted too, with its end token. An answer
    ends where the text `until` comes, if there is one.
    """

    variant: str
    index: int
    prompt_ids: tuple[int, ...]
    virtual_tokens: int = 0
    target_ids: tuple[int, ...] = ()
    until: str = ""

    @property
    def length(self) -> int:
        """Tokens that the model reads before it answers."""
        return self.virtual_tokens + len(self.prompt_ids)


def batches(
    rows: Iterable[Row],
    new_tokens: int,
    budget: int,
    most: int,
    length: Callable[[Row], int] = lambda row: row.length,
) -> list[list[Row]]:
    """Rows in batches of at most `most`, whose longest row with its answer, times rows, fits.

    Longest first, so that a batch that is too large for the memory shows at once. A row that is
    over the budget alone gets a batch of its own. `length` says how many tokens of a row are kept
    for itself. Inside a batch the rows of a variant lie together, which spares its adapter from
    picking them one by one.
    """
    ordered = sorted(rows, key=lambda row: (-length(row), row.index, row.variant))
    found: list[list[Row]] = []
    for row in ordered:
        size = len(found[-1]) + 1 if found else 0
        longest = length(found[-1][0]) + new_tokens if found else 0
        if size and size <= most and size * longest <= budget:
            found[-1].append(row)
        else:
            found.append([row])
    return [sorted(batch, key=lambda row: (row.variant, row.index)) for batch in found]


def closed_up(groups: Sequence[str], staying: Sequence[int]) -> list[int]:
    """The order in which rows stay when others have left: old places, by new place.

    Rows of a group, which lie together, go on doing so, and as many as can stay where they are:
    each that moves costs a copy of all that is remembered of it.
    """
    found: list[int] = []
    for _, own in groupby(sorted(staying), key=lambda place: groups[place]):
        places = list(own)
        spots = range(len(found), len(found) + len(places))
        movers = [place for place in places if place not in spots]
        there = set(places)
        found += [spot if spot in there else movers.pop() for spot in spots]
    return found
