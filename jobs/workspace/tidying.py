"""What nobody needs any more: folders whose rows are gone, imports that died."""

from __future__ import annotations

import contextlib
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from jobs.errors import AttuneError
from jobs.home import Home
from jobs.store import Store
from jobs.store.filelock import held, waiting_lock

MAKING = "making-"
# An import holds its lock from a moment after its row is there; older ones without it are dead.
STARTING = 60.0  # seconds
OF_A_ROW = re.compile(r"\.?(\d+)(?:\.json|\.\d+\.part|-\w+)?")


@contextmanager
def being_imported(home: Home, dataset_id: int) -> Iterator[None]:
    """While the block runs, nobody takes this import for one that died."""
    path = _import_lock(home, dataset_id)
    with waiting_lock(path):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def reserved(store: Store, home: Home, dataset_id: int) -> Iterator[Path]:
    """The folder for a dataset whose row is reserved; what goes wrong takes back folder and row."""
    folder = home.dataset(dataset_id)
    with ExitStack() as undo:
        undo.callback(store.datasets.abandon, dataset_id)
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        with being_imported(home, dataset_id):
            yield folder
        undo.pop_all()


@contextmanager
def in_the_making(home: Home) -> Iterator[Path]:
    """A folder of the home for what is not whole yet; gone afterwards, whatever happens."""
    lock = home.temporary / f"{MAKING}{uuid.uuid4().hex}.lock"
    with waiting_lock(lock):  # taken before the folder is there: one without it is dead
        try:
            folder = lock.with_suffix("")
            folder.mkdir(mode=0o700)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.unlink(missing_ok=True)


def _import_lock(home: Home, dataset_id: int) -> Path:
    return home.temporary / f"import-{dataset_id}.lock"


def sweep(store: Store, home: Home) -> None:
    """Remove folders and files whose rows are gone, and what was in the making when its process
    died.

    An id is never given twice, and a row is there before its folder, so what has no row now will
    never have one. What cannot be removed (a disk that is read-only) waits for the next time.
    """
    for dataset_id in store.datasets.abandoned(STARTING):
        lock = _import_lock(home, dataset_id)
        if not held(lock):
            with contextlib.suppress(AttuneError):
                store.datasets.abandon(dataset_id)
                lock.unlink(missing_ok=True)
    for folder in home.temporary.glob(f"{MAKING}*"):
        lock = folder.with_suffix(".lock")
        if folder.is_dir() and not held(lock):
            shutil.rmtree(folder, ignore_errors=True)
            with contextlib.suppress(OSError):
                lock.unlink(missing_ok=True)
    _without_row(home.jobs, store.jobs.ids)
    _without_row(home.runs, store.runs.ids)
    _without_row(home.exports, store.runs.ids)
    _without_row(home.datasets, store.datasets.ids)
    _without_row(home.comparisons, store.comparisons.ids)


def _without_row(folder: Path, ids: Callable[[], Iterable[int]]) -> None:
    """Remove `<id>`, `<id>.json` and the half-written `.<id>-<letters>` and `<id>.<pid>.part` of
    every id that is not known.
    """
    found = {path: OF_A_ROW.fullmatch(path.name) for path in folder.iterdir()}  # before the rows
    known = {str(number) for number in ids()}
    for path, name in found.items():
        if name is None or name[1] in known:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
