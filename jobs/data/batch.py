"""Rows on their way from a file to a dataset: some thousand at a time, in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.data.cached import unlocked_property
from jobs.data.digests import digests, prompt_keys
from jobs.data.fingerprint import Digested
from jobs.data.glance import Glance, Mark
from jobs.data.looks import Look
from jobs.data.raw import Raw
from jobs.data.sifting import passing, sifted
from jobs.types import Example

TEXTS = pa.list_(pa.string())
ROWS = 8192  # in one batch made of examples
FEW = 256  # rows, of which Python puts the texts together sooner than Arrow has begun


@dataclass(frozen=True)
class Batch:
    """Some rows in the order of the file, blank ones included; no cell is null.

    Work on the columns where you can: `examples` costs a Python object a row.
    """

    prompts: pa.StringArray  # "" where blank
    references: pa.ListArray  # of strings that are not blank; an empty list where there are none
    rows: np.ndarray  # int64, 1-based row of each in the file
    glance: Glance | None = None  # what is known of rows of one completion at most

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Batch:
        """The same rows as columns."""
        return cls(
            pa.array([row.prompt for row in examples], pa.string()),
            pa.array([list(row.references) for row in examples], TEXTS),
            np.array([row.row for row in examples], np.int64),
        )

    def __len__(self) -> int:
        return len(self.prompts)

    @unlocked_property
    def has_prompt(self) -> np.ndarray:
        if self.glance is not None:
            return (self.glance.marks & np.uint16(Mark.NO_PROMPT)) == 0
        return np.diff(self.raw[0].starts) > 0

    @unlocked_property
    def has_answer(self) -> np.ndarray:
        return self._listed > 0

    @unlocked_property
    def _listed(self) -> np.ndarray:
        """How many completions each row has."""
        return np.diff(np.asarray(self.references.offsets))

    @unlocked_property
    def one_each(self) -> bool:
        """Whether every row has one completion, which is the usual case."""
        if self.glance is not None:
            return not self.glance.any(Mark.NO_COMPLETION)
        return bool((self._listed == 1).all())

    @unlocked_property
    def usable(self) -> np.ndarray:
        """Which rows have a prompt and a completion; only these are kept."""
        return self.has_prompt & self.has_answer

    @unlocked_property
    def count_usable(self) -> int:
        """How many they are."""
        if self.glance is not None and not self.glance.any(Mark.NO_PROMPT | Mark.NO_COMPLETION):
            return len(self)
        return int(self.usable.sum())

    @unlocked_property
    def keys(self) -> np.ndarray:
        """A uint64 a row: rows whose prompts count as equal have the same."""
        return prompt_keys(self.prompts, self.raw[0]) if self.glance is None else self.glance.keys

    @unlocked_property
    def digested(self) -> Digested:
        """What tells the rows from others, blank ones included."""
        told = self.glance
        if told is None:
            return Digested.of(self.prompts, self.references)
        references = told.completions if self.one_each else told.completions[self.has_answer]
        return Digested(told.prompts, self._listed.astype(np.int64), references)

    @unlocked_property
    def learnt(self) -> pa.StringArray:
        """The completion that training learns, "" where there is none."""
        starts = np.asarray(self.references.offsets)
        if self.one_each:
            return self.references.values[starts[0] : starts[-1]]
        at = pa.array(starts[:-1], pa.int64(), mask=~self.has_answer)
        return pc.fill_null(self.references.values.take(at), "")

    @unlocked_property
    def answers(self) -> np.ndarray:
        """A uint64 a row: equal where the same completion is learnt; any where there is none.

        Outer white space does not count.
        """
        if self.glance is not None:
            found, edged = self.glance.completions, self.glance.where(Mark.EDGED)
        else:
            found, edged = digests(self.learnt), np.flatnonzero(self.raw_learnt.edged)
        if len(edged):
            found = found.copy()
            found[edged] = digests(pc.utf8_trim_whitespace(self.learnt.take(pa.array(edged))))
        return found

    @unlocked_property
    def asked(self) -> list[str]:
        """The prompts as Python texts."""
        return list(self.prompts.to_pylist())

    @unlocked_property
    def several(self) -> np.ndarray:
        """Which rows have more than one completion."""
        return self._listed > 1

    @unlocked_property
    def said(self) -> list[str]:
        """What is `learnt` as Python texts."""
        return list(self.learnt.to_pylist())

    @unlocked_property
    def raw(self) -> tuple[Raw, Raw]:
        """The bytes of the prompts, and those of all completions."""
        offsets = np.asarray(self.references.offsets)
        values = self.references.values[offsets[0] : offsets[-1]]
        owners = None if self.one_each else np.repeat(np.arange(len(self)), self._listed)
        return Raw.of(self.prompts), Raw.of(values, owners)

    @unlocked_property
    def raw_learnt(self) -> Raw:
        """The bytes of what is `learnt`."""
        return self.raw[1] if self.one_each else Raw.of(self.learnt)

    def take(self, positions: np.ndarray) -> Batch:
        """Some rows, in the order that is asked for."""
        at = pa.array(positions, pa.int64())
        return Batch(self.prompts.take(at), self.references.take(at), self.rows[positions])

    def texts(self, positions: np.ndarray) -> pa.Array:
        """All that stands in some rows, a line a text."""
        if self.one_each and len(positions) < FEW:
            columns = self.raw[0], self.raw_learnt
            lines = ("\n".join(each.text(at) for each in columns) for at in positions.tolist())
            return pa.array(lines, pa.string())
        at = pa.array(positions, pa.int64())
        said = pc.binary_join(self.references.take(at), "\n")
        return pc.binary_join_element_wise(self.prompts.take(at), said, "\n")

    def where(self, look: Look) -> np.ndarray:
        """Positions, in order, of the rows that pass a look in either column."""
        if self.glance is not None:
            return self.glance.passing(look)
        pairs = zip(self.raw, self._sifted, strict=True)
        return np.unique(np.concatenate([passing(look, *pair) for pair in pairs]))

    def prepare(self) -> None:
        """Find out what staging and checks will ask for, as long as the bytes are at hand."""
        _ = self.glance or (self.keys, self._sifted), self.usable, self.digested

    @unlocked_property
    def _sifted(self) -> tuple[np.ndarray | None, ...]:
        return tuple(map(sifted, self.raw))

    @unlocked_property
    def examples(self) -> list[Example]:
        """The rows as objects, blank ones included."""
        columns = (self.prompts.to_pylist(), self.references.to_pylist(), self.rows.tolist())
        return [Example(p, tuple(refs), row) for p, refs, row in zip(*columns, strict=True)]


def batches(examples: Iterable[Example]) -> Iterator[Batch]:
    """Examples as batches of moderate size."""
    rest = iter(examples)
    while some := list(islice(rest, ROWS)):
        yield Batch.of(some)
