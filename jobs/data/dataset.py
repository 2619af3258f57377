"""From a user's file to a dataset on the disk, whole or not at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from jobs.data.columns import check, for_test
from jobs.data.digests import distinct
from jobs.data.doctor import Examination
from jobs.data.formats import open_source, read_table
from jobs.data.intake import Intake
from jobs.data.large import LargeWriter
from jobs.data.progress import OnProgress, Progress, silent
from jobs.data.source import ReadAs, Unusual
from jobs.data.splits import LEFT_OUT, SPLITS, sides_of
from jobs.data.splitting import write_sides
from jobs.data.staging import Staging
from jobs.data.storage import FILE, LARGE, Writer, load_examples, read_examples, size
from jobs.data.stream import read_batches
from jobs.data.table import Table
from jobs.data.template import DEFAULT_TEMPLATE, check_template
from jobs.data.threads import Going, beside
from jobs.data.unread import Unread
from jobs.data.whole import closed_whole, whole_folder
from jobs.errors import DataError, InputError
from jobs.types import Columns, Finding

__all__ = ["ImportedDataset", "import_dataset", "load_examples", "read_examples"]

TRUSTED = 1 << 26  # bytes; of what is smaller, all is looked at in a moment
HEAD = 2000  # rows by which columns are chosen
LOOKING = "Looking for what stands out"
WHY_FOLDED = (
    "There nothing is learnt: an answer counts as good that is near to any of its references. That "
    "is right where all of them are good, and too kind where one of them is a slip."
)


@dataclass(frozen=True)
class ImportedDataset:
    """All that a `DatasetInfo` says but its id and the time it was made."""

    name: str
    source: str
    columns: Columns
    template: str
    counts: dict[str, int]
    fingerprint: str
    findings: tuple[Finding, ...]
    bytes: int
    intake: dict[str, int]


def import_dataset(
    path: str | Path,
    folder: Path,
    *,
    name: str,
    prompt: str | None = None,
    completions: Sequence[str] = (),
    test_file: str | Path | None = None,
    test_share: float | None = 0.1,
    template: str = DEFAULT_TEMPLATE,
    seed: int = 0,
    reading: ReadAs | None = None,
    progress: OnProgress = silent,
) -> ImportedDataset:
    """Read, check, split and write a file's examples into `folder`, which must be new or empty.

    Rows stream from the file to the disk, so that the file may be larger than the memory. What
    `progress` raises ends the import, and nothing of it is left.
    """
    template = check_template(template)
    columns = _columns(path, reading, prompt, completions)
    test_columns = None
    if test_file is not None:
        test_columns = for_test(read_table(test_file, HEAD, _of_test(reading)), columns)

    def read_into(made: _Import, reading: ReadAs | None) -> None:
        if test_file is not None and test_columns is not None:
            made.read_test(test_file, test_columns, _of_test(reading))
        made.read(path, columns, reading)

    with whole_folder(folder) as temporary:
        made = _read(path, reading, lambda: _Import(temporary, seed, progress), read_into)
        try:
            made.write(test_share)
        finally:
            made.clean()
        findings = made.findings
        if test_columns is not None and test_columns != columns:
            findings += (_told(test_columns),)
    return ImportedDataset(
        name=name,
        source=Path(path).name,
        columns=columns,
        template=template,
        counts={side: made.writer.counts[side] for side in SPLITS},
        fingerprint=made.writer.fingerprint.value(),
        findings=findings,
        bytes=size(folder),
        intake=made.intake.counts(),
    )


class _Import:
    """One file on its way: read once into staging, then written split by split."""

    def __init__(self, folder: Path, seed: int, progress: OnProgress) -> None:
        self.folder, self.seed, self.progress = folder, seed, progress
        self.examination = Examination()
        self.intake = Intake()
        self.training = Staging(folder / "staged.arrow", seed)
        self.testing: Staging | None = None
        self.findings: tuple[Finding, ...] = ()
        self.unread: tuple[Finding, ...] = ()

    def read_test(self, path: str | Path, columns: Columns, reading: ReadAs) -> None:
        """The user's own test file."""
        testing = self.testing = Staging(self.folder / "test.arrow", self.seed)

        look = partial(self.examination.feed, test=True)
        uses = (testing.add, self.intake.feed, look)
        deque(read_batches(path, columns, reading, uses, self._left_out), 0)
        if not testing.count:
            raise DataError(
                f"No row of the test file has both a prompt (“{columns.prompt}”) and a completion.",
                "Choose another test file, or fill the empty cells.",
            )

    def read(self, path: str | Path, columns: Columns, reading: ReadAs | None) -> None:
        """The file itself."""
        uses = (self.training.add, self.intake.feed, self.examination.feed)
        for share in read_batches(path, columns, reading, uses, self._left_out):
            self.progress(Progress("Reading the rows", 0.75 * share, self.training.seen))
        if not self.training.count:
            raise DataError(
                f"No row has both a prompt (“{columns.prompt}”) and a completion.",
                "Choose other columns, or fill the empty cells.",
            )

    def write(self, test_share: float | None) -> None:
        """Give each row its side and write it."""
        testing = self.testing
        exact = self.training.is_small and (testing is None or testing.is_small)
        lots = self.training.lots(exact=exact)
        held_out = None if testing is None else testing.lots(exact=exact)
        large = self.training.bytes > LARGE
        self.writer = (
            LargeWriter(self.folder, self.training) if large else Writer(self.folder / FILE)
        )
        known: Future[np.ndarray] = Future()  # the sides, while the checks are at work

        def tested() -> int:
            if held_out is not None:
                return len(distinct(held_out))
            return len(distinct(lots[known.result() == SPLITS.index("test")]))

        def look(going: Going) -> tuple[Finding, ...]:
            learnt = SPLITS.index("train")
            return self.examination.findings(tested, going, lambda: known.result() == learnt)

        with closed_whole(self.writer), beside(look) as doctor, ExitStack() as undo:
            undo.callback(known.cancel)  # or a look would wait for ever where there are too few
            sides = sides_of(lots, test_share=test_share, held_out=held_out)
            known.set_result(sides)
            folded = write_sides(self.writer, self.training, lots, sides, self.progress)
            if testing is not None and held_out is not None:
                folded += write_sides(
                    self.writer,
                    testing,
                    held_out,
                    np.full(len(held_out), SPLITS.index("test"), np.int8),
                    self.progress,
                )
            found = doctor(lambda: self.progress(Progress(LOOKING, 1.0, self.training.seen)))
            self.findings = self.unread + found + _folded(folded)
        self.intake.leave_out("leaked", int((sides == LEFT_OUT).sum()))
        self.intake.leave_out("folded", folded)

    def _left_out(self, unread: Unread) -> None:
        """Lines of a file that could not be read."""
        self.intake.could_not_read(len(unread))
        sentence = f"In “{unread.name}” {unread.told}"
        if unread.unit == "line":  # a row that is left out keeps its number
            sentence += f" Numbers of rows do not count {'it' if len(unread) == 1 else 'them'}."
        self.unread += (Finding("unreadable", "note", len(unread), sentence),)

    def clean(self) -> None:
        """Take the staged rows away."""
        for staged in filter(None, (self.training, self.testing)):
            staged.abandon()
            staged.path.unlink(missing_ok=True)


def _read(
    path: str | Path,
    reading: ReadAs | None,
    new: Callable[[], _Import],
    read_into: Callable[[_Import, ReadAs | None], None],
) -> _Import:
    """An import that has read its files.

    A large file is taken to be as its beginning is, and read in one go; where it is not, all of it
    is looked at before it is read anew.
    """

    def attempt(reading: ReadAs | None) -> _Import:
        made = new()
        with ExitStack() as undo:
            undo.callback(made.clean)
            read_into(made, reading)
            undo.pop_all()
        return made

    given = reading or ReadAs()
    if Path(path).expanduser().stat().st_size > TRUSTED and not given.leave_out:
        with suppress(Unusual, DataError):
            return attempt(replace(given, trusting=True))
    return attempt(reading)


def _columns(
    path: str | Path, reading: ReadAs | None, prompt: str | None, completions: Sequence[str]
) -> Columns:
    """The columns, by the head of the file; of all its rows where a name is not found there."""
    head = read_table(path, HEAD, reading)
    try:
        return check(head, prompt, completions)
    except InputError:
        if head.total is not None:
            raise
    return check(_every_name(path, reading, head), prompt, completions)


def _every_name(path: str | Path, reading: ReadAs | None, head: Table) -> Table:
    """The head with the columns that only later rows have."""
    names = dict.fromkeys(head.columns)
    with open_source(path, reading) as source:
        if source.open_ended:
            for batch in source.read(None, None):
                names |= dict.fromkeys(batch.schema.names)
    rows = head.rows
    for name in list(names)[len(head.columns) :]:
        rows = rows.append_column(name, pa.nulls(rows.num_rows, pa.string()))
    return replace(head, columns=tuple(names), rows=rows)


def _of_test(reading: ReadAs | None) -> ReadAs:
    """How a test file is read: it is found out, but that broken lines are left out is one wish."""
    return ReadAs(leave_out=reading is not None and reading.leave_out)


def _told(columns: Columns) -> Finding:
    """That the test file's columns are other ones."""
    names = ", ".join(f"“{name}”" for name in columns.completions)
    sentence = f"In the test file the prompt is “{columns.prompt}”, the references are {names}."
    return Finding("test_columns", "note", len(columns.completions), sentence)


def _folded(count: int) -> tuple[Finding, ...]:
    """That rows of validation and test were put together, so that the counts add up."""
    if not count:
        return ()
    share, row = ("shares", "1 row") if count == 1 else ("share", f"{count:,} rows")
    sentence = (
        f"{row} kept for validation and test {share} a prompt with an earlier one: such a prompt "
        "counts once, with every different completion as a reference."
    )
    return (Finding("folded", "note", count, sentence, why=WHY_FOLDED),)
