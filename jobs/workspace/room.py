"""Whether what is imported fits on the volume where datasets lie: before it begins, and meanwhile.

That is not always the home's own volume: `datasets` may be a link to a larger disk.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.data import OnProgress, ReadAs, Table, read_table
from jobs.data import check as choose
from jobs.data.columns import for_test, prompt_parts_or_none
from jobs.data.progress import Progress
from jobs.data.words import bytes_of
from jobs.errors import AttuneError, DiskFull
from jobs.home import Home
from jobs.types import Columns

# Left over beside what is written: the database and other programs of the volume want to live too.
SPARE = 64 * 2**20
# An import stages its rows beside the dataset that it makes of them.
TIMES = 2
HEAD = 2000  # rows by which the share of a wide file is judged
MARGIN = 1.25  # later rows may hold more of what is used
_PARQUET = b"PAR1"


def check(home: Home, size: int) -> None:
    """Raise `DiskFull` unless `size` bytes more fit among the datasets with `SPARE` left over."""
    free = shutil.disk_usage(home.datasets).free
    if free < size + SPARE:
        raise DiskFull(
            f"This takes up to {bytes_of(size + SPARE)} of disk, and {bytes_of(free)} is free "
            f"where your datasets lie ({home.datasets}).",
            "Free some room there, delete datasets or runs you no longer need, or choose another "
            "home folder with --home.",
        )


def check_import(
    home: Home,
    path: Path,
    test_file: Path | None = None,
    *,
    prompt: str | None = None,
    completions: Sequence[str] = (),
    reading: ReadAs | None = None,
) -> None:
    """As `check`, for files once their prompts and completions are rows.

    Where all of their content would not fit, their first rows tell how much of it is used: a wide
    file may hold little of what is learnt from.
    """
    sizes = [(each, content(each)) for each in (path, test_file) if each and each.is_file()]
    try:
        check(home, TIMES * sum(size for _, size in sizes))
    except DiskFull:
        columns = None
        used = 0.0
        for each, size in sizes:
            head, columns = _head(each, reading, prompt, completions, columns)
            used += size * (share(head, columns) if head and columns else 1.0)
        check(home, TIMES * int(used))


def _head(
    path: Path,
    reading: ReadAs | None,
    prompt: str | None,
    completions: Sequence[str],
    training: Columns | None,
) -> tuple[Table | None, Columns | None]:
    """The first rows and the columns that will be used; of a test file those like `training`."""
    try:
        head = read_table(path, HEAD, None if training else reading)
        return head, for_test(head, training) if training else choose(head, prompt, completions)
    except AttuneError:
        return None, None  # its reader will say it when the import begins


def share(head: Table, columns: Columns) -> float:
    """How much of a file's content its prompts and completions are, by its first rows."""
    every = {name: head.rows.column(name).nbytes for name in head.columns}
    parts, whole = prompt_parts_or_none(head.columns, columns.prompt), sum(every.values())
    names = {*(parts or ()), *columns.completions}
    if parts is None or not names <= every.keys() or not whole:
        return 1.0
    return min(1.0, MARGIN * sum(every[name] for name in names) / whole)


def watched(home: Home, progress: OnProgress) -> OnProgress:
    """`progress` that ends an import before the last room is taken, whoever takes it."""

    def told(now: Progress) -> None:
        check(home, 0)
        progress(now)

    return told


def content(path: Path) -> int:
    """Bytes of a file's content as it lies unpacked; of a file that cannot be read, its own."""
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            mark = file.read(4)
        if mark == _PARQUET:
            return max(size, _of_parquet(path))
        if zipfile.is_zipfile(path):  # workbooks too
            with zipfile.ZipFile(path) as archive:
                return max(size, sum(member.file_size for member in archive.infolist()))
    except (OSError, ValueError, NotImplementedError, pa.ArrowException, zipfile.BadZipFile):
        pass  # whatever is wrong with it, the reader of its format will say it better
    return size


def _of_parquet(path: Path) -> int:
    with pq.ParquetFile(path) as file:
        groups = range(file.metadata.num_row_groups)
        return sum(file.metadata.row_group(number).total_byte_size for number in groups)
