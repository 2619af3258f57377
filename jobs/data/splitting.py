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
            stays = digested if over else None
            yield _Part(batch, sides[here], lots[here], shared[here], merged, stays)
            at = here.stop

    def use(part: _Part) -> None:
        if over:
            over.keep(part.training, part.learnt)
        for side, rows in part.written:
            writer.add(side, rows)

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
    sides: np.ndarray  # number in `SPLITS` of each row, or one below 0
    lots: np.ndarray
    shared: np.ndarray  # which rows, held back, share their prompt with others
    merged: dict[int, list[str]]  # all references of these, by their lot
    digested: Digested | None  # what tells the rows from others, where those of training stay

    @unlocked_property
    def training(self) -> np.ndarray:
        """Which rows are learnt from."""
        return self.sides == SPLITS.index("train")

    @unlocked_property
    def learnt(self) -> Digested:
        """They, for the fingerprint."""
        assert self.digested
        return self.digested.where(self.training)

    @unlocked_property
    def written(self) -> list[tuple[Split, pa.RecordBatch]]:
        """The rows that are to be written, as they are to be written."""
        found: list[tuple[Split, pa.RecordBatch]] = []
        for number, side in enumerate(SPLITS):
            if side == "train" and self.digested:
                continue
            mask = self.sides == number
            rows = chosen(self.batch, mask)
            if (folded := self.shared[mask]).any():
                rows = _with(rows, self.lots[mask], folded, self.merged)
            found.append((side, rows))
        return found

    def prepare(self) -> None:
        """Do what needs no order."""
        _ = self.written, self.digested and self.learnt


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
    """All different references of the prompts that stand in several rows."""
    found: dict[int, dict[str, None]] = {}
    at = 0
    for batch in staged.batches():
        mask = wanted[at : at + batch.num_rows]
        if mask.any():
            rows = batch.column(1).take(pa.array(np.flatnonzero(mask))).to_pylist()
            for lot, references in zip(
                lots[at : at + batch.num_rows][mask].tolist(), rows, strict=True
            ):
                found.setdefault(lot, {}).update(dict.fromkeys(references))
        at += batch.num_rows
    return {lot: list(references) for lot, references in found.items()}


def _with(
    rows: pa.RecordBatch, lots: np.ndarray, shared: np.ndarray, merged: dict[int, list[str]]
) -> pa.RecordBatch:
    """The rows with the references of all that were folded into them; most have their own."""
    given = pa.array([merged[lot] for lot in lots[shared].tolist()], TEXTS)
    order = np.arange(len(lots))
    order[shared] = len(lots) + np.arange(len(given))
    references = pa.concat_arrays([rows.column(1), given]).take(pa.array(order))
    columns = [rows.column(0), references, rows.column(2)]
    return pa.RecordBatch.from_arrays(columns, schema=rows.schema)
