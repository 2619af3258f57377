"""A file as batches of prompts and completions, read in threads of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from jobs.data.batch import Batch
from jobs.data.columns import prompt_parts_or_none
from jobs.data.formats import no_rows, open_source
from jobs.data.naming import JOINT
from jobs.data.shapes import shape
from jobs.data.source import ReadAs
from jobs.data.threads import in_turns
from jobs.data.unread import Unread
from jobs.types import Columns


def read_batches(
    path: str | Path,
    columns: Columns,
    reading: ReadAs | None,
    uses: Sequence[Callable[[Batch], None]],
    at_end: Callable[[Unread], None],
) -> Iterator[float]:
    """Give every row to each of `uses`, blank ones included, a batch at a time, in their order.

    Behind each batch stands the share of the file that was read. `at_end` gets the lines, and then
    the rows, that were left out, where there are any.
    """
    convert = shape(columns.shape)
    leave_out = reading is not None and reading.leave_out
    rows = Unread(Path(path).name, leave_out=leave_out, unit="row")
    seen = 0
    with open_source(path, reading) as source:
        parts = prompt_parts_or_none(source.columns, columns.prompt)
        names = tuple(
            dict.fromkeys([*(parts or columns.prompt.split(JOINT)), *columns.completions])
        )

        def batches() -> Iterator[tuple[Batch, float]]:
            nonlocal seen
            for cells in source.read(names, None):
                batch = convert.read(cells, columns, seen + 1, rows)
                seen += cells.num_rows
                if len(batch):
                    yield batch, min(1.0, source.done())

        each = (lambda item, use=use: use(item[0]) for use in uses)
        with closing(in_turns(batches(), lambda item: item[0].prepare(), *each)) as read:
            for _, share in read:
                yield share
        for unread, read_well in ((source.unread, seen), (rows, seen - len(rows))):
            if unread:
                unread.check(read_well)
                at_end(unread)
    if not seen:
        raise no_rows(Path(path))
