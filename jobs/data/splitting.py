"""Staged rows to their sides: training rows as they are, the others folded by their prompt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.data.batch import TEXTS
from jobs.data.cached import unlocked_property
from jobs.data.digests import repeated
from jobs.data.fingerprint import Digested
from jobs.data.large import LargeWriter
from jobs.data.progress import OnProgress, Progress
from jobs.data.splits import SPLITS
from jobs.data.staging import Staging, chosen
from jobs.data.storage import Writer
from jobs.data.threads import in_turns
from jobs.types import Split

PHASE = "Writing the dataset"
FOLDED = -2  # in the place of a split's number
BEFORE = 0.75  # of the work of an import is done when writing begins


def write_sides(
    writer: Writer | LargeWriter,
    staged: Staging,
    lots: np.ndarray,
    sides: np.ndarray,
    progress: OnProgress,
) -> int:
    """Write each row to its side; how many were folded into an earlier one of the same prompt.

    In validation and test a prompt counts once, with all its different references.
    """
    later, shared = _repeats(lots, sides > 0)
    merged = _references(staged, lots, shared) if shared.any() else {}
    sides = np.where(later, FOLDED, sides)

    # Training rows of a large file stay where they are.
    over = writer if isinstance(writer, LargeWriter) and writer.is_over(staged) else None

    def parts() -> Iterator[_Part]:
        at = 0
        for batch, digested in zip(staged.batches(), staged.digested, strict=True):
            here = slice(at, at + batch.num_rows)
            yield _Part(batch, digested, sides[here], lots[here], shared[here], merged, bool(over))
            at = here.stop

    def use(part: _Part) -> None:
        if over:
            over.keep(part.training, part.learnt)
        for side, rows, digested in part.written:
            writer.add(side, rows, digested)

    at = 0
    with closing(in_turns(parts(), _Part.prepare, use)) as written:
        for part in written:
            at += part.batch.num_rows
            share = BEFORE + (1 - BEFORE) * at / max(1, staged.count)
            progress(Progress(PHASE, share, staged.seen))
    return int(later.sum())


@dataclass(frozen=True)
class _Part:
    """A staged batch on its way."""

    batch: pa.RecordBatch
    digested: Digested  # what tells its rows from others
    sides: np.ndarray  # number in `SPLITS` of each row, or one below 0
    lots: np.ndarray
    shared: np.ndarray  # which rows, held back, share their prompt with others
    merged: dict[int, list[str]]  # their references, where those are not the first row's
    stays: bool  # whether rows of training stay where they are

    @unlocked_property
    def training(self) -> np.ndarray:
        """Which rows are learnt from."""
        return self.sides == SPLITS.index("train")

    @unlocked_property
    def learnt(self) -> Digested:
        """They, for the fingerprint."""
        return self.digested.where(self.training)

    @unlocked_property
    def written(self) -> list[tuple[Split, pa.RecordBatch, Digested]]:
        """The rows that are to be written, as they are to be written."""
        found: list[tuple[Split, pa.RecordBatch, Digested]] = []
        for number, side in enumerate(SPLITS):
            if side == "train" and self.stays:
                continue
            mask = self.sides == number
            rows, digested = chosen(self.batch, mask), self.digested.where(mask)
            lots, folded = self.lots[mask], np.flatnonzero(self.shared[mask])
            several = [self.merged.get(lot) for lot in lots[folded].tolist()]
            places = folded[[references is not None for references in several]]
            if len(places):
                given = pa.array(list(filter(None, several)), TEXTS)
                rows, digested = _with(rows, digested, places, given)
            found.append((side, rows, digested))
        return found

    def prepare(self) -> None:
        """Do what needs no order."""
        _ = self.written, self.stays and self.learnt


def _repeats(lots: np.ndarray, folding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which rows repeat the prompt of an earlier one, and which share theirs with any other."""
    later, shared = np.zeros(len(lots), bool), np.zeros(len(lots), bool)
    places = np.flatnonzero(folding)
    places = places[repeated(lots[places])]
    _, first = np.unique(lots[places], return_index=True)
    shared[places] = later[places] = True
    later[places[first]] = False
    return later, shared


def _references(staged: Staging, lots: np.ndarray, wanted: np.ndarray) -> dict[int, list[str]]:
    """All different references of prompts that stand in several rows.

    Left out are those where the first row has all of them already: most repeat it word for word.
    """
    found: dict[int, dict[str, None]] = {}
    first: dict[int, list[str]] = {}
    at = 0
    for batch in staged.batches():
        mask = wanted[at : at + batch.num_rows]
        if mask.any():
            rows = batch.column(1).take(pa.array(np.flatnonzero(mask))).to_pylist()
            here = lots[at : at + batch.num_rows][mask].tolist()
            for lot, references in zip(here, rows, strict=True):
                found.setdefault(lot, {}).update(dict.fromkeys(references))
                first.setdefault(lot, references)
        at += batch.num_rows
    return {lot: told for lot, every in found.items() if (told := list(every)) != first[lot]}


def _with(
    rows: pa.RecordBatch, digested: Digested, places: np.ndarray, given: pa.ListArray
) -> tuple[pa.RecordBatch, Digested]:
    """The rows with other references at some places, which are in order.

    The texts are put together, not the lists: for those Arrow takes several times as long.
    """
    own, other = rows.column(1), Digested.of(rows.column(0).take(pa.array(places)), given)
    counts = digested.counts.copy()
    counts[places] = other.counts
    replaced = np.zeros(len(rows), bool)
    replaced[places] = True
    from_given = np.repeat(replaced, counts)
    order = np.empty(len(from_given), np.int64)
    order[from_given] = len(digested.references) + np.arange(len(other.references))
    order[~from_given] = np.flatnonzero(np.repeat(~replaced, digested.counts))
    texts = pa.concat_arrays([own.flatten(), given.flatten()]).take(pa.array(order))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    references = pa.ListArray.from_arrays(pa.array(starts), texts)
    told = np.concatenate([digested.references, other.references])[order]
    columns = [rows.column(0), references, rows.column(2)]
    return (
        pa.RecordBatch.from_arrays(columns, schema=rows.schema),
        Digested(digested.prompts, counts, told),
    )
