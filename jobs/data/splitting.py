"""Staged rows to their sides: training rows as they are, the others folded by their prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.data.cached import unlocked_property
from jobs.data.digests import distinct, repeated
from jobs.data.fingerprint import Digested
from jobs.data.index import Part
from jobs.data.large import LargeWriter
from jobs.data.progress import OnProgress, Progress
from jobs.data.raw import within
from jobs.data.splits import SPLITS
from jobs.data.staging import SCHEMA, Staging, chosen
from jobs.data.storage import Writer
from jobs.data.threads import in_turns
from jobs.types import Split

PHASE = "Writing the dataset"
FOLDED = -2  # in the place of a split's number
TOGETHER = 16  # batches whose digests are put together: fewer calls, and no copy of all
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
    folded = _folded(staged, lots, shared)
    sides = np.where(later, FOLDED, sides).astype(np.int8)
    if isinstance(writer, LargeWriter) and writer.is_over(staged):
        _keep(writer, staged, sides, folded)
        progress(Progress(PHASE, 1.0, staged.seen))
    else:
        _write(writer, staged, sides, folded, progress)
    return int(later.sum())


@dataclass(frozen=True)
class _Folded:
    """Rows that get the references of later ones, in their order, as they are with these."""

    positions: np.ndarray  # among the staged rows
    rows: pa.RecordBatch
    digested: Digested

    def within(self, begin: int, mask: np.ndarray) -> tuple[np.ndarray, _Folded] | None:
        """Those among some of the rows from one on, with their places among these."""
        low, high = np.searchsorted(self.positions, (begin, begin + len(mask)))
        at = low + np.flatnonzero(mask[self.positions[low:high] - begin])
        if not len(at):
            return None
        mine = np.zeros(len(self.positions), bool)
        mine[at] = True
        places = np.searchsorted(np.flatnonzero(mask), self.positions[at] - begin)
        rows = self.rows.take(pa.array(at, pa.int64()))
        return places, _Folded(self.positions[at], rows, self.digested.where(mine))


def _keep(writer: LargeWriter, staged: Staging, sides: np.ndarray, folded: _Folded) -> None:
    """Leave all rows where they are."""
    at = 0
    with ThreadPoolExecutor(1) as thread:  # SHA-256 goes on beside the rest
        fed: list[Future[None]] = []
        for first in range(0, len(staged.digested), TOGETHER):
            some = staged.digested[first : first + TOGETHER]
            digested = Digested.joined(some)
            ends = np.cumsum([len(each.prompts) for each in some]).tolist()
            for number, side in enumerate(SPLITS):
                mask = sides[at : at + ends[-1]] == number
                told, others = digested.where(mask), folded.within(at, mask)
                if others:
                    told = told.replaced(others[0], others[1].digested)
                fed.append(thread.submit(writer.fingerprint.feed, side, told))
                for part in _parts(side, first, np.split(mask, ends[:-1]), others, writer):
                    writer.keep(part)
            at += ends[-1]
        for each in fed:
            each.result()


def _parts(
    side: Split,
    batch: int,
    masks: Sequence[np.ndarray],
    others: tuple[np.ndarray, _Folded] | None,
    writer: LargeWriter,
) -> Iterator[Part]:
    """What is of a split in some batches, from one on; `others` are the rows that it gets anew."""
    if not others:
        yield from (Part(side, number, mask) for number, mask in enumerate(masks, batch))
        return
    places, folded = others
    written, before = writer.write(folded.rows), 0
    for number, mask in enumerate(masks, batch):
        behind = before + int(np.count_nonzero(mask))
        low, high = np.searchsorted(places, (before, behind)).tolist()
        own = (written, low, places[low:high] - before) if low < high else ()
        yield Part(side, number, mask, *own)
        before = behind


def _write(
    writer: Writer | LargeWriter,
    staged: Staging,
    sides: np.ndarray,
    folded: _Folded,
    progress: OnProgress,
) -> None:
    """Write all rows anew."""

    def parts() -> Iterator[_Part]:
        at = 0
        for batch, digested in zip(staged.batches(), staged.digested, strict=True):
            yield _Part(batch, digested, sides[at : at + batch.num_rows], at, folded)
            at += batch.num_rows

    def use(part: _Part) -> None:
        for side, rows, digested in part.written:
            writer.add(side, rows, digested)

    with closing(in_turns(parts(), _Part.prepare, use)) as written:
        for part in written:
            share = (part.begin + part.batch.num_rows) / max(1, staged.count)
            progress(Progress(PHASE, BEFORE + (1 - BEFORE) * share, staged.seen))


@dataclass(frozen=True)
class _Part:
    """A staged batch on its way."""

    batch: pa.RecordBatch
    digested: Digested  # what tells its rows from others
    sides: np.ndarray  # number in `SPLITS` of each row, or one below 0
    begin: int  # place of its first row among all
    folded: _Folded

    @unlocked_property
    def written(self) -> list[tuple[Split, pa.RecordBatch, Digested]]:
        """The rows as they are to be written."""
        found: list[tuple[Split, pa.RecordBatch, Digested]] = []
        for number, side in enumerate(SPLITS):
            mask = self.sides == number
            rows, digested = chosen(self.batch, mask), self.digested.where(mask)
            if others := self.folded.within(self.begin, mask):
                places, folded = others
                order = np.arange(rows.num_rows)
                order[places] = rows.num_rows + np.arange(len(places))
                rows = pa.concat_batches([rows, folded.rows]).take(pa.array(order))
                digested = digested.replaced(places, folded.digested)
            found.append((side, rows, digested))
        return found

    def prepare(self) -> None:
        """Do what needs no order."""
        _ = self.written


def _repeats(lots: np.ndarray, folding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which rows repeat the prompt of an earlier one, and which share theirs with any other."""
    later, shared = np.zeros(len(lots), bool), np.zeros(len(lots), bool)
    places = np.flatnonzero(folding)
    places = places[repeated(lots[places])]
    _, first = np.unique(lots[places], return_index=True)
    shared[places] = later[places] = True
    later[places[first]] = False
    return later, shared


def _folded(staged: Staging, lots: np.ndarray, shared: np.ndarray) -> _Folded:
    """The rows of prompts that stand in several, folded into the first of them.

    Left out are those where the first has all references already: most repeat it word for word.
    """
    first: dict[int, tuple[int, str, list[str], int]] = {}
    every: dict[int, dict[str, None]] = {}
    for places, rows in _at(staged, _differing(staged, lots, np.flatnonzero(shared))):
        columns = (places, lots[places].tolist(), *(each.to_pylist() for each in rows.columns))
        for place, lot, prompt, references, row in zip(*columns, strict=True):
            first.setdefault(lot, (int(place), prompt, references, row))
            every.setdefault(lot, {}).update(dict.fromkeys(references))
    changed = sorted(
        (place, prompt, merged, row)
        for lot, (place, prompt, references, row) in first.items()
        if (merged := list(every[lot])) != references
    )
    told = [list(each) for each in zip(*changed, strict=True)] or [[], [], [], []]
    texts = (pa.array(each, kind) for each, kind in zip(told[1:], SCHEMA.types, strict=True))
    rows = pa.RecordBatch.from_arrays(list(texts), schema=SCHEMA)
    positions = np.array(told[0], np.int64)
    return _Folded(positions, rows, Digested.of(rows.column(0), rows.column(1)))


def _differing(staged: Staging, lots: np.ndarray, shared: np.ndarray) -> np.ndarray:
    """Of rows that share their prompts, those where not all references of a prompt are one."""
    if len(shared) and all(map(Digested.one_each, staged.digested)):
        references = np.concatenate([each.references for each in staged.digested])[shared]
        prompts = lots[shared]
        order = np.lexsort((references, prompts))
        prompts, references = prompts[order], references[order]
        other = (prompts[1:] == prompts[:-1]) & (references[1:] != references[:-1])
        shared = shared[within(distinct(prompts[1:][other]), lots[shared])]
    return shared


def _at(staged: Staging, wanted: np.ndarray) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
    """The rows at some places, which are in order, as they are staged."""
    if not len(wanted):
        return
    begin = 0
    for batch in staged.batches():
        here = wanted[slice(*np.searchsorted(wanted, (begin, begin + batch.num_rows)))]
        if len(here):
            yield here, batch.take(pa.array(here - begin))
        begin += batch.num_rows
