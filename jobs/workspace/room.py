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

from jobs.data import OnProgress
from jobs.data.progress import Progress
from jobs.errors import DiskFull
from jobs.home import Home

# Left over beside what is written: the database and other programs of the volume want to live too.
SPARE = 64 * 2**20
# An import stages its rows beside the dataset that it makes of them.
TIMES = 2
_PARQUET = b"PAR1"


def check(home: Home, size: int) -> None:
    """Raise `DiskFull` unless `size` bytes more fit among the datasets with `SPARE` left over."""
    free = shutil.disk_usage(home.datasets).free
    if free < size + SPARE:
        raise DiskFull(
            f"This takes up to {_told(size + SPARE)} of disk, and {_told(free)} is free where your "
            f"datasets lie ({home.datasets}).",
            "Free some room there, delete datasets or runs you no longer need, or choose another "
            "home folder with --home.",
        )


def check_import(home: Home, paths: Sequence[Path | None]) -> None:
    """As `check`, for these files once they are rows."""
    found = [path for path in paths if path is not None and path.is_file()]
    check(home, TIMES * sum(map(content, found)))


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
    except (OSError, ValueError, pa.ArrowException, zipfile.BadZipFile):
        pass  # whatever is wrong with it, the reader of its format will say it better
    return size


def _of_parquet(path: Path) -> int:
    with pq.ParquetFile(path) as file:
        groups = range(file.metadata.num_row_groups)
        return sum(file.metadata.row_group(number).total_byte_size for number in groups)


def _told(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
