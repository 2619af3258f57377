"""Training, validation and test: equal prompts always stand on one side."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from jobs.data.normal import normalize as normalize
from jobs.errors import DataError, InputError
from jobs.types import Example, Split

VALIDATION_SHARE = 0.1


def fold(rows: Iterable[Example]) -> list[Example]:
    """One example a prompt, with all different references, in the order of first appearance."""
    groups: dict[str, list[Example]] = {}
    for row in rows:
        groups.setdefault(normalize(row.prompt), []).append(row)
    return [_merged(group) for group in groups.values()]


def split(
    examples: Sequence[Example],
    *,
    test_share: float = 0.1,
    validation_share: float = VALIDATION_SHARE,
    seed: int = 0,
    test: Sequence[Example] | None = None,
) -> dict[Split, list[Example]]:
    """The examples of each split, in the order of the file.

    Shares count different prompts, and validation is a share of what testing leaves. Which prompt
    goes where follows from the seed and the prompt's own text, so that the order of the rows does
    not matter. With a `test` file of the user's own, its prompts are taken out of training:
    a prompt that was learnt tests nothing (the doctor reports how many there were).
    """
    for name, share in (("test", test_share), ("validation", validation_share)):
        if not 0 <= share <= 0.9:
            raise InputError(f"The {name} share is {share:g}.", "Give a share from 0 to 0.9.")
    held_out = {normalize(row.prompt) for row in test or ()}
    keys = [normalize(row.prompt) for row in examples]
    groups = sorted(set(keys) - held_out, key=lambda key: _draw(key, seed))
    others = 1 + (validation_share > 0)  # what testing must leave: one to learn, one to watch it by
    fewest = others + (test is None and test_share > 0)
    _refuse_too_few(len(groups), fewest, bool(held_out))
    testing = 0 if test is not None else _count(len(groups), test_share, leave=others)
    validating = _count(len(groups) - testing, validation_share, leave=1)
    side: dict[str, Split] = dict.fromkeys(groups, "train")
    side |= dict.fromkeys(groups[:testing], "test")
    side |= dict.fromkeys(groups[testing : testing + validating], "validation")
    sides: dict[Split, list[Example]] = {"train": [], "validation": [], "test": []}
    for key, row in zip(keys, examples, strict=True):
        if key in side:
            sides[side[key]].append(row)
    return {
        "train": sides["train"],
        "validation": fold(sides["validation"]),
        "test": fold(sides["test"] if test is None else test),
    }


def _count(groups: int, share: float, leave: int) -> int:
    """How many of the groups a share is: at least one, and at least `leave` are left."""
    return min(max(1, round(share * groups)), groups - leave) if share else 0


def _draw(key: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{key}".encode()).digest()


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
