"""A dataset's folder is whole or not there."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from jobs.data.storage import write_examples
from jobs.errors import AlreadyExists, DiskFull
from jobs.types import Example, Split


def write_whole(folder: Path, sides: Mapping[Split, Sequence[Example]]) -> None:
    """Write examples that lie in memory into a folder, which must be new or empty."""
    with whole_folder(folder) as temporary:
        write_examples(temporary, sides)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A temporary sibling that becomes the folder, so that a dataset is whole or not there."""
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyExists(
            "The folder of this dataset is not empty.", "Add the dataset under another name."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield temporary
        if folder.exists():
            folder.rmdir()
        os.rename(temporary, folder)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
            raise DiskFull(
                "The disk is too full to keep this dataset.",
                "Free some room on it, or choose another home folder, and add the file again.",
            ) from error
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
