"""A folder or a file that is whole or not there."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.errors import DiskFull, Unavailable


def is_full(error: OSError) -> bool:
    """Whether it says that the volume has no room; `shutil` says it in a list of texts."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error)


@contextmanager
def whole_folder(folder: Path, full: DiskFull) -> Iterator[Path]:
    """A temporary sibling that becomes `folder`, which is new or empty.

    `full` is raised where the volume runs full. Whatever is raised, nothing half-made is left.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield temporary
        if folder.exists():
            folder.rmdir()
        os.rename(temporary, folder)
    except OSError as error:
        if is_full(error):
            raise full from error
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def whole_file(path: Path, full: DiskFull) -> Iterator[Path]:
    """The same for a file; one that is there already is replaced, and stays until then."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if is_full(error):
            raise full from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def writing(place: Path, cure: str) -> Iterator[None]:
    """What keeps `place` from being written, a full volume aside, becomes `Unavailable`."""
    try:
        yield
    except OSError as error:
        what = f"“{place}” cannot be written: {error.strerror or error}."
        raise Unavailable(what, cure) from error
