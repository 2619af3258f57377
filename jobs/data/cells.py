"""Separated cells of the usual kind, many rows at once: as many in each row as there are names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from jobs.data.compiled import CellLayout, passes
from jobs.data.raw import strings
from jobs.data.source import CountedFile, Unusual

BLOCK = 1 << 22  # bytes that are read at once; a longer row is not usual
MOST_COLUMNS = 64  # that are wanted: each gets room for a block


def usual_cells(
    file: CountedFile, layout: CellLayout, skipped: int, wanted: Sequence[int], is_checked: bool
) -> Iterator[tuple[list[pa.StringArray], bool]]:
    """Texts of the wanted columns, some thousand rows at a time, below so many rows of the file.

    With them comes whether the very last cell holds a line break. `Unusual` is raised, perhaps
    behind rows that are right, where there is no compiled code, no row, one of another width or
    longer than a block, a quotation mark that stays open, more than `MOST_COLUMNS` are wanted, or,
    unless all of the file `is_checked`, what is no UTF-8.
    """
    compiled, places = passes(), list(wanted)
    if compiled is None or not 0 < len(places) == len(set(places)) <= MOST_COLUMNS:
        raise Unusual
    held, filled, given = np.empty(BLOCK, np.uint8), 0, 0
    last = below = False
    while not last:
        read = file.readinto(held[filled:].data)
        filled, last, at = filled + read, not read, 0
        if not below:
            at = compiled.skipped(held[:filled], layout, skipped, last=last)
            if at < 0:
                raise Unusual
            below = True
        # Before cells are made of it: these lie near the processor then, for whoever comes next.
        if not is_checked:
            whole = compiled.whole_characters(held[at:filled])
            if whole < 0 or (last and whole < filled - at):
                raise Unusual
        while at < filled:
            cells = compiled.cells(held[at:filled], layout, places, last=last)
            if cells is None:
                raise Unusual
            if not cells.bytes:
                break
            at, given = at + cells.bytes, given + cells.rows
            if cells.rows:
                starts = cells.starts[:, : cells.rows + 1]
                texts = zip(starts, cells.texts, strict=True)
                yield [strings(where, text[: where[-1]]) for where, text in texts], cells.breaks
        filled -= at
        held[:filled] = held[at : at + filled]
        if filled == len(held):
            raise Unusual
    if filled or not given:
        raise Unusual
