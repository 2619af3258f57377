"""A column for the prompt and a column for the completion, or one for each annotator's."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from jobs.data.batch import Batch
from jobs.data.naming import paired
from jobs.data.rows import read_pairs
from jobs.data.table import Table
from jobs.data.unread import Unread
from jobs.types import Columns

# Names as data sets in the field have them, the more telling ones first.
ANSWERS = ("completion", "response", "answer", "output", "target", "reply", "reference", "ref")
SUMMARIES = ("summary", "highlights", "reference_summary", "target", "output")


@dataclass(frozen=True)
class Pairs:
    """Known pairs of names; "a + b" is two columns that make one prompt, the second below."""

    order: int
    pairs: tuple[tuple[str, tuple[str, ...]], ...]
    name: str = "pair"
    note: str = ""

    def guess(self, table: Table) -> Columns | None:
        return paired(table.columns, self.pairs)

    def read(self, cells: pa.RecordBatch, columns: Columns, first: int, unread: Unread) -> Batch:
        return read_pairs(cells, columns, first)


SHAPE = Pairs(order=0, pairs=(("prompt", (*ANSWERS, "chosen", "text")),))
