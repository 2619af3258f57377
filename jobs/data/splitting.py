"""Staged rows to their sides: training rows as they are, the others folded by their prompt."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa

from jobs.data.batch import TEXTS
from jobs.data.digests import repeated
from jobs.data.large import LargeWriter
from jobs.data.progress import OnProgress, Progress
from jobs.data.splits import SPLITS
from jobs.data.staging import Staging
from jobs.data.storage import Writer

PHASE = "Writing the dataset"
NONE = np.zeros(0, bool)
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
    at = 0
    for batch in staged.batches():
        here = slice(at, at + batch.num_rows)
        for number, side in enumerate(SPLITS):
            keep = (sides[here] == number) & ~later[here]
            folded_here = shared[here][keep] if number else NONE
            change = None
            if folded_here.any():
                change = partial(_with, lots=lots[here][keep], shared=folded_here, merged=merged)
            writer.take(side, staged, batch, keep, change)
        at = here.stop
        share = BEFORE + (1 - BEFORE) * at / max(1, staged.count)
        progress(Progress(PHASE, share, staged.seen))
    return int(later.sum())


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
