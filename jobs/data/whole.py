"""What is written is whole or not there: the rows of a writer, the folder of a dataset."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from jobs.errors import AlreadyExists, DiskFull


class Closing(Protocol):
    """What writes, and is then either made whole or let go of."""

    def close(self) -> None:
        """All was written."""

    def abandon(self) -> None:
        """Let go of it, whatever was written."""


W = TypeVar("W", bound=Closing)


@contextmanager
def closed_whole(writer: W) -> Iterator[W]:
    """Close a writer behind the block; abandon it where the block or the closing raised."""
    try:
        yield writer
        writer.close()
    except BaseException:
        writer.abandon()
        raise


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
