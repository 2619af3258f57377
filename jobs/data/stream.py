"""A file as batches of prompts and completions, read in threads of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
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


class _Part:
    """Some rows of a file on their way."""

    def __init__(self, share: float, unread: Unread, convert: Callable[[], Batch]) -> None:
        self.share = share  # of the file, up to their end
        self.unread = unread  # those of them that could not be read
        self._convert: Callable[[], Batch] | None = convert  # it holds their cells
        self._batch: Batch | None = None

    def prepare(self) -> None:
        """Make them a batch; it takes most of the time, and needs no other part."""
        assert self._convert
        self._batch, self._convert = self._convert(), None
        self._batch.prepare()

    def give(self, use: Callable[[Batch], None]) -> None:
        """They are not given where none could be read."""
        if self._batch:
            use(self._batch)


def _unread_rows(path: str | Path, leave_out: bool) -> Unread:
    return Unread(Path(path).name, leave_out=leave_out, unit="row")


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
    rows = _unread_rows(path, leave_out)
    seen = 0
    with open_source(path, reading) as source:
        asked = prompt_parts_or_none(source.columns, columns.prompt)
        names = tuple(
            dict.fromkeys([*(asked or columns.prompt.split(JOINT)), *columns.completions])
        )

        def parts() -> Iterator[_Part]:
            nonlocal seen
            for cells in source.read(names, None):
                first, seen = seen + 1, seen + cells.num_rows
                unread = _unread_rows(path, leave_out)
                share = min(1.0, source.done())
                yield _Part(share, unread, partial(convert.read, cells, columns, first, unread))

        each = (partial(_Part.give, use=use) for use in uses)
        told = in_turns(parts(), _Part.prepare, lambda part: rows.join(part.unread), *each)
        with closing(told) as read:
            for part in read:
                yield part.share
        for unread, read_well in ((source.unread, seen), (rows, seen - len(rows))):
            if unread:
                unread.check(read_well)
                at_end(unread)
    if not seen:
        raise no_rows(Path(path))
