"""From a user's file to a dataset on the disk, whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.data.columns import check, for_test
from jobs.data.doctor import examine
from jobs.data.formats import read_table
from jobs.data.rows import read_rows, usable
from jobs.data.splits import split
from jobs.data.storage import FILE, fingerprint, load_examples, read_examples, write_examples
from jobs.data.template import DEFAULT_TEMPLATE, check_template
from jobs.errors import AlreadyExists, DataError, DiskFull
from jobs.types import Columns, Example, Finding, Split

__all__ = ["ImportedDataset", "import_dataset", "load_examples", "read_examples"]


@dataclass(frozen=True)
class ImportedDataset:
    """All that a `DatasetInfo` says but its id and the time it was made."""

    name: str
    source: str
    columns: Columns
    template: str
    counts: dict[str, int]
    fingerprint: str
    findings: tuple[Finding, ...]
    bytes: int


def import_dataset(
    path: str | Path,
    folder: Path,
    *,
    name: str,
    prompt: str | None = None,
    completions: Sequence[str] = (),
    test_file: str | Path | None = None,
    test_share: float = 0.1,
    template: str = DEFAULT_TEMPLATE,
    seed: int = 0,
) -> ImportedDataset:
    """Read, check, split and write a file's examples into `folder`, which must be new or empty."""
    template = check_template(template)
    table = read_table(path)
    columns = check(table, prompt, completions)
    rows = read_rows(table, columns)
    del table
    findings: list[Finding] = []
    test_rows = None
    if test_file is not None:
        test_rows, finding = _read_test(test_file, columns)
        findings += finding
    kept = usable(rows)
    if not kept:
        raise DataError(
            f"No row has both a prompt (“{columns.prompt}”) and a completion.",
            "Choose other columns, or fill the empty cells.",
        )
    test = None if test_rows is None else usable(test_rows)
    sides = split(kept, test_share=test_share, seed=seed, test=test)
    findings = [*examine(rows, test_rows, len(sides["test"])), *findings]
    write_whole(folder, sides)
    return ImportedDataset(
        name=name,
        source=Path(path).name,
        columns=columns,
        template=template,
        counts={side: len(examples) for side, examples in sides.items()},
        fingerprint=fingerprint(sides),
        findings=tuple(findings),
        bytes=(folder / FILE).stat().st_size,
    )


def _read_test(path: str | Path, training: Columns) -> tuple[list[Example], list[Finding]]:
    """Rows of the user's own test file; a finding says so where its columns are other ones."""
    table = read_table(path)
    columns = for_test(table, training)
    rows = read_rows(table, columns)
    if not usable(rows):
        raise DataError(
            f"No row of the test file has both a prompt (“{columns.prompt}”) and a completion.",
            "Choose another test file, or fill the empty cells.",
        )
    if columns == training:
        return rows, []
    names = ", ".join(f"“{name}”" for name in columns.completions)
    sentence = f"In the test file the prompt is “{columns.prompt}”, the references are {names}."
    return rows, [Finding("test_columns", "note", len(columns.completions), sentence)]


def write_whole(folder: Path, sides: dict[Split, list[Example]]) -> None:
    """Write into a temporary sibling and rename it, so that a dataset is whole or not there."""
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyExists(
            "The folder of this dataset is not empty.", "Add the dataset under another name."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rmdir()
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_examples(temporary, sides)
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
