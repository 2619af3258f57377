"""Training, validation and test: equal prompts always stand on one side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from jobs.data.digests import begins
from jobs.data.normal import normalize as normalize
from jobs.data.staging import drawn
from jobs.errors import DataError, InputError
from jobs.types import ENOUGH_PROMPTS, Example, Split

TEST_SHARE = 0.1
VALIDATION_SHARE = 0.1
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
LEFT_OUT = -1  # in the place of a split's number


def fold(rows: Iterable[Example]) -> list[Example]:
    """One example a prompt, with all different references, in the order of first appearance."""
    groups: dict[str, list[Example]] = {}
    for row in rows:
        groups.setdefault(normalize(row.prompt), []).append(row)
    return [_merged(group) for group in groups.values()]


def share_for(prompts: int) -> float:
    """The share to begin with: a tenth, and more of a small file, so that a comparison can tell;
    up to the half of it."""
    if not prompts:
        return TEST_SHARE
    return min(0.5, max(TEST_SHARE, math.ceil(20 * ENOUGH_PROMPTS / prompts) / 20))


def split(
    examples: Sequence[Example],
    *,
    test_share: float | None = TEST_SHARE,
    validation_share: float = VALIDATION_SHARE,
    seed: int = 0,
    test: Sequence[Example] | None = None,
) -> dict[Split, list[Example]]:
    """The examples of each split, in the order of the file; `sides_of` says how they are chosen."""
    sides = sides_of(
        _lots(examples, seed),
        test_share=test_share,
        validation_share=validation_share,
        held_out=None if test is None else _lots(test, seed),
    )
    found: dict[Split, list[Example]] = {name: [] for name in SPLITS}
    for number, row in zip(sides.tolist(), examples, strict=True):
        if number != LEFT_OUT:
            found[SPLITS[number]].append(row)
    return {
        "train": found["train"],
        "validation": fold(found["validation"]),
        "test": fold(found["test"] if test is None else test),
    }


def sides_of(
    lots: np.ndarray,
    *,
    test_share: float | None = TEST_SHARE,
    validation_share: float = VALIDATION_SHARE,
    held_out: np.ndarray | None = None,
) -> np.ndarray:
    """The number in `SPLITS` of each row, or `LEFT_OUT`; `lots` has a uint64 for each.

    Shares count different prompts, and validation is a share of what testing leaves. Which prompt
    goes where follows from the lot that its own text draws, so that the order of the rows does not
    matter; a test share of None is what `share_for` says. With a test file of the user's own, whose
    lots are `held_out`, its prompts are taken out of training: a prompt that was learnt tests
    nothing (the doctor reports how many there were).
    """
    for name, share in (("test", test_share), ("validation", validation_share)):
        if share is not None and not 0 <= share <= 0.9:
            percent = f"; {share:g} percent is {share / 100:g}" if 1 < share <= 90 else ""
            cure = f"Give a share from 0 to 0.9{percent}."
            raise InputError(f"The {name} share is {share:g}.", cure)
    leaked = None if held_out is None else np.isin(lots, held_out)
    ordered = np.sort(lots if leaked is None else lots[~leaked])
    groups = begins(ordered)
    if test_share is None:
        test_share = share_for(len(groups))
    others = 1 + (validation_share > 0)  # what testing must leave: one to learn, one to watch it by
    fewest = others + (held_out is None and test_share > 0)
    _refuse_too_few(len(groups), fewest, held_out is not None and len(held_out) > 0)
    testing = 0 if held_out is not None else _count(len(groups), test_share, leave=others)
    validating = _count(len(groups) - testing, validation_share, leave=1)
    sides = np.zeros(len(lots), np.int8)
    if testing + validating:
        sides[lots <= ordered[groups[testing + validating - 1]]] = SPLITS.index("validation")
    if testing:
        sides[lots <= ordered[groups[testing - 1]]] = SPLITS.index("test")
    if leaked is not None:
        sides[leaked] = LEFT_OUT
    return sides


def _lots(examples: Sequence[Example], seed: int) -> np.ndarray:
    return drawn(pa.array([row.prompt for row in examples], pa.string()), seed)


def _count(groups: int, share: float, leave: int) -> int:
    """How many of the groups a share is: at least one, and at least `leave` are left."""
    return min(max(1, round(share * groups)), groups - leave) if share else 0


def _refuse_too_few(groups: int, fewest: int, leaked: bool) -> None:
    if groups >= fewest:
        return
    there = "is 1 prompt" if groups == 1 else f"are {groups} different prompts"
    beside = " that the test file does not hold" if leaked else ""
    raise DataError(
        f"There {there}{beside}; at least {fewest} are needed.",
        "Add rows; a few hundred are a good start.",
    )


def _merged(group: list[Example]) -> Example:
    references = dict.fromkeys(text for row in group for text in row.references)
    return Example(group[0].prompt, tuple(references), group[0].row)
