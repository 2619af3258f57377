"""What one pass of compiled code tells of usual rows, which have a prompt and a completion each.

It asks all at once what digests, looks and checks ask one after the other: the bytes of a row are
near the processor only for a moment, and each question over all rows costs a few arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from functools import cache

import numpy as np
import pyarrow as pa

from jobs.data.compiled import passes
from jobs.data.compiled.rules import Rules
from jobs.data.digests import digests
from jobs.data.folding import folds, normalized
from jobs.data.looks import Look
from jobs.data.raw import NO_PLACES, buffers
from jobs.data.scripts import FEWEST, LOOKED_AT, OFTEN
from jobs.data.sifting import bit_of, tables
from jobs.data.white import white

SHORTEST = 20  # characters of a prompt; “Hello” may well stand in its answer
LONG = 4000  # characters: about 1,000 tokens of English, the context of a small model


class Mark(IntFlag):
    """What holds of a row, as in glance.c."""

    NO_PROMPT = 1  # empty, or nothing but white space
    NO_COMPLETION = 2
    BLANK = 4  # one of them is nothing but white space, and some
    KEY_LEFT = 8  # what the compiled code leaves to others
    PROMPT_LEFT = 16
    COMPLETION_LEFT = 32
    EDGED = 64  # white space stands at an edge of the completion
    ECHO = 128  # the completion holds its prompt, and is another text
    SAME = 256  # the completion is the prompt
    LATIN = 512  # the completion, for certain
    LONG = 1024  # more bytes than `LONG`, so that it may be as many characters


@dataclass(frozen=True)
class Glance:
    """Of some rows, in their order."""

    keys: np.ndarray  # uint64: those of the prompts
    prompts: np.ndarray  # uint64: digests, blank texts as they stand
    completions: np.ndarray
    looks: np.ndarray  # uint8, the bit of `bit_of` each: which of them either text passes
    marks: np.ndarray  # uint16, `Mark`s
    some: int  # the marks that any row has
    every: int  # those that all have
    passed: int  # the looks that any row passes

    def any(self, marks: Mark) -> bool:
        """Whether any row has one of these marks."""
        return bool(self.some & marks)

    def all(self, mark: Mark) -> bool:
        """Whether every row has this mark."""
        return self.every & mark == mark

    def where(self, mark: Mark) -> np.ndarray:
        """Positions, in order, of the rows that have this mark."""
        return np.flatnonzero(self.marks & np.uint16(mark)) if self.any(mark) else NO_PLACES

    def passing(self, look: Look) -> np.ndarray:
        """Positions, in order, of the rows that pass a look."""
        bit = bit_of(look)
        return np.flatnonzero(self.looks & np.uint8(bit)) if self.passed & bit else NO_PLACES


def glance(prompts: pa.Array, completions: pa.Array) -> Glance | None:
    """What there is to say of two columns of texts without nulls; None without compiled code."""
    compiled = passes()
    if compiled is None:
        return None
    columns, told = compiled.glance(buffers(prompts), buffers(completions), _rules())
    keys, asked, said, looks, marks = columns
    found = Glance(keys, asked, said, looks, marks, some=told[0], every=told[1], passed=told[2])
    left = found.where(Mark.KEY_LEFT)
    if len(left):
        found.keys[left] = digests(normalized(prompts.take(pa.array(left))))
    for mark, texts, into in (
        (Mark.PROMPT_LEFT, prompts, found.prompts),
        (Mark.COMPLETION_LEFT, completions, found.completions),
    ):
        left = found.where(mark)
        if len(left):
            into[left] = digests(texts.take(pa.array(left)))
    return found


@cache
def _rules() -> Rules:
    known = tables()
    more, less = OFTEN.as_integer_ratio()
    return Rules(
        arrays={
            "folds": folds(),
            "white": white(),
            "steps": known.steps,
            "looks": known.looks,
            "characters": known.characters,
            "nibbles": known.nibbles,
        },
        numbers={
            "begins": known.begins,
            "ends": known.ends,
            "folded": len(folds()),
            "whites": len(white()),
            "digits": known.digits,
            "span": known.span,
            "crowd": known.crowd,
            "shortest": SHORTEST,
            "most": LOOKED_AT,
            "enough": FEWEST,
            "fewest": FEWEST,
            "times": more,
            "of_those": less,
            "longest": LONG,
        },
    )
