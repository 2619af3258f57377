"""A folder that is whole or not there, and what keeps it from being written, in words."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.errors import DiskFull, Unavailable


def is_full(error: OSError) -> bool:
    """Whether it says that the volume has no room; `shutil` says it in a list of texts."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error)


@contextmanager
def with_room(full: DiskFull) -> Iterator[None]:
    """Where the volume runs full within the block, `full` is raised."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise full from error
        raise


@contextmanager
def whole_folder(folder: Path, full: DiskFull) -> Iterator[Path]:
    """A temporary sibling, `.<name>-<letters>`, that becomes `folder`, which is new or empty.

    `full` is raised where the volume runs full. Whatever is raised, nothing half-made is left.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with with_room(full):
            yield temporary
            if folder.exists():
                folder.rmdir()
            os.rename(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def writing(place: Path, cure: str) -> Iterator[None]:
    """What keeps `place` from being written, a full volume aside, becomes `Unavailable`."""
    try:
        yield
    except OSError as error:
        what = f"“{place}” cannot be written: {error.strerror or error}."
        raise Unavailable(what, cure) from error
