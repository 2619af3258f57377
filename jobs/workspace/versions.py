"""Versions of a dataset: a mend, an edit and a new row each make one; undo goes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from jobs.data import OnProgress, check_template, silent
from jobs.data.differing import differences
from jobs.data.digests import prompt_keys
from jobs.data.doctor import find_mend
from jobs.data.mends import Edit, Stored, leaving_these_out
from jobs.data.storage import copy_rows, read_examples
from jobs.data.versions import derive, replacing, tested_keys, unchanged
from jobs.errors import InputError, Unavailable
from jobs.home import Home
from jobs.methods.effort import longest_read
from jobs.store import Store
from jobs.types import ChangedRow, DatasetInfo, Example, ModelInfo, Split, VersionDifference
from jobs.workspace import fitting, room
from jobs.workspace.tidying import reserved

SHOWN = 50  # rows of a difference


def mend(
    store: Store, home: Home, dataset: DatasetInfo, code: str, progress: OnProgress = silent
) -> DatasetInfo:
    """The version in which what a finding tells of is mended."""
    chosen = find_mend(code, elsewhere=(fitting.TOO_LONG,))
    if all(finding.code != code for finding in dataset.findings):
        raise Unavailable(
            f"The doctor has not found “{code}” in “{dataset.spec}”.", "Look at its findings."
        )
    return _derive(store, home, dataset, chosen.done, chosen.start, progress=progress)


def leave_out_long(
    store: Store,
    home: Home,
    dataset: DatasetInfo,
    info: ModelInfo,
    progress: OnProgress = silent,
) -> DatasetInfo:
    """The version without the rows that a run does not read whole; the test stays what it was."""
    out = fitting.too_long(home, dataset, info)
    done = f"Rows longer than {longest_read(info):,} tokens left out"
    return _derive(store, home, dataset, done, leaving_these_out(out), progress=progress)


def edit_row(
    store: Store,
    home: Home,
    dataset: DatasetInfo,
    split: Split,
    position: int,
    row: Example | None,
    progress: OnProgress = silent,
) -> DatasetInfo:
    """The version in which one row, known by its place in its split, is another one or gone."""
    if row is None:
        done = "A row dropped"
    else:
        row, done = _checked(row), "A row edited"
        _refuse_elsewhere(store, home, dataset, split, row)
        _refuse_same(home, dataset, split, position, row)
    start = replacing(split, position, row)
    return _derive(store, home, dataset, done, start, progress=progress)


def add_rows(
    store: Store,
    home: Home,
    dataset: DatasetInfo,
    rows: Sequence[Example],
    progress: OnProgress = silent,
) -> DatasetInfo:
    """The version with some more rows; each goes to where its prompt stands, else to training."""
    if not rows:
        raise InputError("No row was given.", "Give a prompt and its completion.")
    done = "A row added" if len(rows) == 1 else f"{len(rows):,} rows added"
    checked = [_checked(row) for row in rows]
    return _derive(store, home, dataset, done, unchanged, checked, progress)


def set_template(store: Store, home: Home, dataset: DatasetInfo, template: str) -> DatasetInfo:
    """The version with the same rows and another prompt template."""
    template = check_template(template)
    if template == dataset.template:
        raise InputError("This is the template it has.", "Choose another one.")
    _refuse_old(dataset)
    dataset_id = store.datasets.reserve_version(dataset)
    with reserved(store, home, dataset_id) as folder:
        copy_rows(home.dataset(dataset.id), folder)
        return store.datasets.complete(
            dataset_id,
            source=dataset.source,
            columns=dataset.columns,
            template=template,
            counts=dataset.counts,
            fingerprint=dataset.fingerprint,
            findings=dataset.findings,
            bytes=dataset.bytes,
            studied=dataset.studied,
            parent=dataset,
            change="Another prompt template",
        )


def undo(store: Store, dataset: DatasetInfo) -> DatasetInfo:
    """Go back to the version that this one was made from; this one stays, to return to."""
    if dataset.parent_id is None:
        raise Unavailable(
            f"“{dataset.name}” is as it was added: there is nothing to undo.", "Mend or edit it."
        )
    _refuse_old(dataset)
    return store.datasets.make_current(store.datasets.by_id(dataset.parent_id))


def difference(home: Home, before: DatasetInfo, after: DatasetInfo) -> VersionDifference:
    """What was dropped, changed and added from one version to another."""
    counts = {"dropped": 0, "changed": 0, "added": 0}
    rows: list[ChangedRow] = []
    for row in differences(home.dataset(before.id), home.dataset(after.id)):
        kind = "added" if row.before is None else "dropped" if row.after is None else "changed"
        counts[kind] += 1
        if len(rows) < SHOWN:
            rows.append(row)
    return VersionDifference(before, after, **counts, rows=tuple(rows))


def _derive(
    store: Store,
    home: Home,
    dataset: DatasetInfo,
    done: str,
    start: Callable[[Stored], Edit],
    added: Sequence[Example] = (),
    progress: OnProgress = silent,
) -> DatasetInfo:
    """Write the rows, then complete the row of the database; an error takes all of it back."""
    _refuse_old(dataset)
    room.check(home, dataset.bytes)
    tested = _tested(store, home, dataset)
    dataset_id = store.datasets.reserve_version(dataset)
    with reserved(store, home, dataset_id) as folder:
        rows = home.dataset(dataset.id)
        made = derive(rows, folder, start, added=added, tested=tested, progress=progress)
        return store.datasets.complete(
            dataset_id,
            source=dataset.source,
            columns=dataset.columns,
            template=dataset.template,
            counts=made.counts,
            fingerprint=made.fingerprint,
            findings=made.findings,
            bytes=made.bytes,
            studied=made.studied,
            parent=dataset,
            change=done,
            changes=made.changes,
        )


def _tested(store: Store, home: Home, dataset: DatasetInfo) -> np.ndarray:
    """The key of every prompt that some version of this dataset tests."""
    known = store.datasets.versions(dataset.name)
    return tested_keys([home.dataset(version.id) for version in known])


def _refuse_old(dataset: DatasetInfo) -> None:
    if not dataset.current:
        raise Unavailable(
            f"This is version {dataset.version} of “{dataset.name}”, and not its current one.",
            "Make it the current one first, or change the current one.",
        )


def _refuse_elsewhere(
    store: Store, home: Home, dataset: DatasetInfo, split: Split, row: Example
) -> None:
    """An edited prompt that the test asks already would leak it into training."""
    asked = prompt_keys(pa.array([row.prompt], pa.string()))
    if split != "test" and asked[0] in _tested(store, home, dataset):
        raise InputError(
            "This prompt stands in the test, so that it cannot be learnt from as well.",
            "Change the prompt, or drop the row.",
        )


def _refuse_same(
    home: Home, dataset: DatasetInfo, split: Split, position: int, row: Example
) -> None:
    """A row that was saved as it was; a place where there is none is refused later."""
    there = read_examples(home.dataset(dataset.id), split, max(0, position), 1)
    if [(r.prompt, r.references) for r in there] == [(row.prompt, row.references)]:
        raise InputError("No row would change.", "The row says this already.")


def _checked(row: Example) -> Example:
    references = tuple(dict.fromkeys(text for text in row.references if text.strip()))
    if not row.prompt.strip() or not references:
        raise InputError("A row needs a prompt and a completion.", "Write both, or drop the row.")
    for text in (row.prompt, *references):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                "The row holds half a character, which cannot be kept.", "Write it again."
            ) from error
    return Example(row.prompt, references, row.row)
