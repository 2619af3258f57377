"""What runs take of the disk, and what goes with one that is deleted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jobs.home import Home
from jobs.store import Store
from jobs.types import ComparisonInfo, RunInfo


@dataclass(frozen=True)
class Removal:
    """What a delete would take away, and what it would leave without its run."""

    bytes: int
    checkpoints: int
    comparisons: tuple[ComparisonInfo, ...]  # they stay, with their answers and their verdict


def removal(store: Store, home: Home, run: RunInfo) -> Removal:
    """What goes with a run."""
    kept = [c for c in store.checkpoints.list(run.id) if c.folder.is_dir()]
    return Removal(taken(home, run), len(kept), tuple(store.comparisons.of_run(run.id)))


def taken(home: Home, run: RunInfo) -> int:
    """Bytes of a run's folder and of what was packed of it for downloads."""
    return size(run.folder) + size(home.exports / str(run.id))


def size(folder: Path) -> int:
    """Bytes that the files of a folder take; 0 where there is none.

    What goes away while it is counted is not counted; links are not followed.
    """
    total, waiting = 0, [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total
