"""What is written is whole or not there: the rows of a writer, the folder of a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from jobs.errors import AlreadyExists, DiskFull
from jobs.whole import whole_folder as any_whole_folder


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
    with ExitStack() as undo:
        undo.callback(writer.abandon)
        yield writer
        writer.close()
        undo.pop_all()


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A temporary sibling that becomes the folder, so that a dataset is whole or not there."""
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyExists(
            "The folder of this dataset is not empty.", "Add the dataset under another name."
        )
    full = DiskFull(
        "The disk is too full to keep this dataset.",
        "Free some room on it, or choose another home folder, and add the file again.",
    )
    with any_whole_folder(folder, full) as temporary:
        yield temporary
