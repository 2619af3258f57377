"""What runs and datasets take of the disk, and what goes with one that is deleted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jobs.home import Home
from jobs.store import Store
from jobs.types import ComparisonInfo, DatasetInfo, RunInfo


@dataclass(frozen=True)
class Removal:
    """What a delete would take away, and what it would leave without its run."""

    bytes: int
    checkpoints: int
    comparisons: tuple[ComparisonInfo, ...]  # they stay, with their answers and their verdict


@dataclass(frozen=True)
class DatasetRemoval:
    """What a delete of a dataset would take away."""

    bytes: int
    versions: int
    rows: int  # of its current version
    comparisons: int


def removal(store: Store, home: Home, run: RunInfo) -> Removal:
    """What goes with a run."""
    kept = [c for c in store.checkpoints.list(run.id) if c.folder.is_dir()]
    return Removal(taken(home, run), len(kept), tuple(store.comparisons.of_run(run.id)))


def taken(home: Home, run: RunInfo) -> int:
    """Bytes of a run's folder and of what was packed of it for downloads."""
    return size(run.folder) + size(home.exports / str(run.id))


def dataset_removal(store: Store, home: Home, dataset: DatasetInfo) -> DatasetRemoval:
    """What goes with a dataset: all its versions, and the comparisons on them."""
    versions = store.datasets.versions(dataset.name)
    found = [c.id for version in versions for c in store.comparisons.of_dataset(version.id)]
    results = sum(size(home.comparison(number)) for number in found)
    return DatasetRemoval(
        bytes=size(*(home.dataset(version.id) for version in versions)) + results,
        versions=len(versions),
        rows=sum(dataset.counts.values()),
        comparisons=len(found),
    )


def size(*places: Path) -> int:
    """Bytes that files, and the files of folders, take; 0 where there is none.

    What goes away while it is counted is not counted; links are not followed, and a file that
    lies in several of these places counts once.
    """
    total, waiting = 0, [place for place in places if place.is_dir()]
    seen: set[tuple[int, int]] = set()
    for place in places:
        if place.is_file():
            total += place.stat().st_size
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        about = entry.stat(follow_symlinks=False)
                        one = (about.st_dev, about.st_ino)
                        total += about.st_size if one not in seen else 0
                        if about.st_nlink > 1:
                            seen.add(one)
        except OSError:
            continue
    return total
