"""From a file to a stored dataset: its rows on the disk and its row in the database, or neither."""

from __future__ import annotations

import shutil
from pathlib import Path

from jobs.data import import_dataset
from jobs.home import Home
from jobs.store import Store
from jobs.types import DatasetInfo


def add(
    store: Store,
    home: Home,
    path: Path,
    name: str,
    *,
    prompt: str | None,
    completions: tuple[str, ...],
    test_file: Path | None,
    test_share: float,
    template: str,
) -> DatasetInfo:
    """Reserve the name, write the rows, then complete the row; an error takes all of it back."""
    dataset_id = store.datasets.reserve(name)
    try:
        imported = import_dataset(
            path,
            home.dataset(dataset_id),
            name=name,
            prompt=prompt,
            completions=completions,
            test_file=test_file,
            test_share=test_share,
            template=template,
        )
        return store.datasets.complete(
            dataset_id,
            source=imported.source,
            columns=imported.columns,
            template=imported.template,
            counts=imported.counts,
            fingerprint=imported.fingerprint,
            findings=imported.findings,
            bytes=imported.bytes,
        )
    except BaseException:
        shutil.rmtree(home.dataset(dataset_id), ignore_errors=True)
        store.datasets.abandon(dataset_id)
        raise


def delete(store: Store, home: Home, name: str) -> None:
    """Delete a dataset, its comparisons and their files; the store refuses while runs use it."""
    dataset = store.datasets.get(name)
    compared = store.comparisons.of_dataset(dataset.id)
    store.datasets.delete(name)
    for comparison in compared:
        home.comparison(comparison.id).unlink(missing_ok=True)
    shutil.rmtree(home.dataset(dataset.id), ignore_errors=True)
