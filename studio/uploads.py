"""What browsers send: one folder, the only place whose files a page may name; kept for a day."""

from __future__ import annotations

import contextlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

DAY = 86_400.0  # seconds that an upload waits to be imported


@dataclass(frozen=True)
class Uploads:
    """The folder of uploads: a folder in it for each file, named by its content."""

    folder: Path

    def holds(self, path: object) -> bool:
        """Whether this is the path of a file that was uploaded; links and ".." are followed."""
        if not isinstance(path, str) or not path or "\0" in path:
            return False
        try:
            real, root = Path(path).resolve(), self.folder.resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, a name that is too long
            return False
        return root in real.parents and real.is_file()

    def discard(self, *paths: str | None) -> None:
        """Take away uploads that were imported, each with the folder that was made for it."""
        for path in paths:
            if path and self.holds(path):
                place = Path(path).resolve()
                place.unlink(missing_ok=True)
                if place.parent != self.folder.resolve():
                    with contextlib.suppress(OSError):  # another file lies in it
                        place.parent.rmdir()
        self.sweep()

    def sweep(self, age: float = DAY) -> None:
        """Take away what is older than `age` seconds, and the empty files that Gradio leaves."""
        if not self.folder.is_dir():
            return
        for entry in self.folder.iterdir():
            with contextlib.suppress(OSError):
                about = entry.stat()
                left_over = entry.is_file() and not about.st_size
                if time.time() - about.st_mtime > (60.0 if left_over else age):
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
