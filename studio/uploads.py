"""What browsers send: one folder, the only place whose files a page may name; kept for a day."""

from __future__ import annotations

import contextlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from studio.parts.text import memory

DAY = 86_400.0  # seconds that an upload waits to be imported
HOUR = 3_600.0  # seconds without a byte, after which what still arrives never will
SPARE = 64 * 2**20  # bytes left over: the database and other programs want to live too


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

    def lack(self, size: int) -> str:
        """Why a file of so many bytes cannot come in, with the way out; "" where it can."""
        free = shutil.disk_usage(self.folder).free
        if free >= size + SPARE:
            return ""
        needed = f"This file takes {memory(size)} of disk" if size else "It needs more disk"
        return (
            f"{needed}, and {memory(free)} is free where the studio keeps what is sent to it "
            f"({self.folder}). Free some room there, or add the file on the machine itself with "
            "“attune data add”, which makes no copy of it first."
        )

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
        """Take away what is older than `age` seconds, the empty files that Gradio leaves, and what
        a server that was killed had begun to receive.
        """
        if not self.folder.is_dir():
            return
        for entry in self.folder.iterdir():
            with contextlib.suppress(OSError):
                about = entry.stat()
                arriving = HOUR if about.st_size else 60.0
                if time.time() - about.st_mtime > (min(age, arriving) if entry.is_file() else age):
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
