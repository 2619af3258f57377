"""From a file to a stored dataset: its rows on the disk and its row in the database, or neither."""

from __future__ import annotations

import shutil
from pathlib import Path

from jobs.data import OnProgress, ReadAs, import_dataset, silent
from jobs.data.dataset import ImportedDataset
from jobs.data.doctor import study
from jobs.data.progress import Progress
from jobs.data.stored import StoredRows
from jobs.data.versions import STUDIED_AT_ONCE
from jobs.home import Home
from jobs.store import Store
from jobs.types import DatasetInfo, Finding
from jobs.workspace import room
from jobs.workspace.tidying import reserved


def add(
    store: Store,
    home: Home,
    path: Path,
    name: str,
    *,
    prompt: str | None,
    completions: tuple[str, ...],
    test_file: Path | None,
    test_share: float | None,
    template: str,
    reading: ReadAs | None = None,
    source: str | None = None,
    progress: OnProgress = silent,
) -> DatasetInfo:
    """Reserve the name, write the rows, then complete the row; an error takes all of it back."""
    room.check_import(
        home, path, test_file, prompt=prompt, completions=completions, reading=reading
    )
    progress = room.watched(home, progress)
    dataset_id = store.datasets.reserve(name)
    with reserved(store, home, dataset_id) as folder:
        imported = import_dataset(
            path,
            folder,
            name=name,
            prompt=prompt,
            completions=completions,
            test_file=test_file,
            test_share=test_share,
            template=template,
            reading=reading,
            progress=progress,
        )
        studied = _studied_at_once(imported, folder, progress)
        return store.datasets.complete(
            dataset_id,
            source=source or imported.source,
            columns=imported.columns,
            template=imported.template,
            counts=imported.counts,
            fingerprint=imported.fingerprint,
            findings=imported.findings + (studied or ()),
            studied=studied is not None,
            bytes=imported.bytes,
            intake=imported.intake,
        )


def _studied_at_once(
    imported: ImportedDataset, folder: Path, progress: OnProgress
) -> tuple[Finding, ...] | None:
    """What takes longer to find, where the rows are few enough; None leaves it to a job."""
    rows = sum(imported.counts.values())
    progress(Progress("Looking for near duplicates", 0.99, rows))
    return study(StoredRows(folder)) if rows <= STUDIED_AT_ONCE else None


def delete(store: Store, home: Home, name: str) -> None:
    """Delete all versions of a dataset, their comparisons and files; not while runs use any."""
    versions = store.datasets.versions(name)
    compared = [c for version in versions for c in store.comparisons.of_dataset(version.id)]
    store.datasets.delete(name)
    for comparison in compared:
        home.comparison(comparison.id).unlink(missing_ok=True)
    for version in versions:
        shutil.rmtree(home.dataset(version.id), ignore_errors=True)
