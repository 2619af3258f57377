"""How many tokens the examples of a dataset have for a model, counted once and remembered.

What was counted lies beside the rows, a file for each model and template: a version of a dataset
never changes, so that the counts stay right for as long as it is there.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from jobs.data import Renderer
from jobs.data.storage import SPLITS
from jobs.data.stored import StoredRows
from jobs.data.template import DEFAULT_TEMPLATE
from jobs.models.tokenizer import load_tokenizer
from jobs.types import DatasetInfo, Example, ModelInfo, Split

COUNTED = 5_000  # examples of a split that are counted at once, for a picture or a forecast
FIRST = 500  # of data so large that it has yet to be studied: its page is not kept waiting
CHARACTERS = 4  # a token of English text, about; before a model's own tokenizer is here
# What shapes a model's tokenizer, in its folder.
READ_WITH = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
REMEMBERED = 8  # files beside a dataset; the one that was used longest ago goes

Counts = Mapping[Split, np.ndarray]  # int64, shape (examples, 2): tokens of prompt and completion


def token_counts(
    folder: Path, dataset: DatasetInfo, info: ModelInfo, splits: tuple[Split, ...] = SPLITS
) -> Counts:
    """Tokens of prompt and completion, of all examples where `count_all` has counted them.

    Else of the first `COUNTED` of each split, or `FIRST`. For a model whose tokenizer is not on
    this machine yet: characters over `CHARACTERS`, and nothing is remembered.
    """
    if info.path is None:
        return {split: _guessed(folder, split) for split in splits}
    path = _place(folder, dataset, info)
    known = _read(path)
    missing = [split for split in splits if split not in known]
    if missing:
        renderer = Renderer(load_tokenizer(info), template=dataset.template, kind=info.kind)
        most = COUNTED if dataset.studied else FIRST
        known |= {s: _counted(folder, s, renderer, most, _silent) for s in missing}
        _write(path, known)
    return {split: known[split] for split in splits}


def counted_at_once(dataset: DatasetInfo) -> bool:
    """Whether `token_counts` counts every example by itself; else `count_all` is a job's."""
    return dataset.studied and max(dataset.counts.values(), default=0) <= COUNTED


def count_all(
    folder: Path, dataset: DatasetInfo, info: ModelInfo, progress: Callable[[int], None]
) -> None:
    """Count every example; `progress` is told how many were counted since it was told last."""
    renderer = Renderer(load_tokenizer(info), template=dataset.template, kind=info.kind)
    counts = {split: _counted(folder, split, renderer, None, progress) for split in SPLITS}
    _write(_place(folder, dataset, info), counts)


def counts_of(sides: Mapping[Split, Sequence[Example]], info: ModelInfo) -> Counts:
    """Tokens of examples that are no dataset yet, by the template that changes nothing."""
    renderer = Renderer(load_tokenizer(info), template=DEFAULT_TEMPLATE, kind=info.kind)
    return {
        side: _pairs(((row.prompt, row.references[0]) for row in rows), renderer, _silent)
        for side, rows in sides.items()
    }


def _counted(
    folder: Path,
    split: Split,
    renderer: Renderer,
    most: int | None,
    progress: Callable[[int], None],
) -> np.ndarray:
    return _pairs(_texts(folder, split, most), renderer, progress)


def _pairs(
    texts: Iterable[tuple[str, str]], renderer: Renderer, progress: Callable[[int], None]
) -> np.ndarray:
    pairs: list[tuple[int, int]] = []
    for asked, said in texts:
        pairs.append((len(renderer.prompt_ids(asked)), len(renderer.completion_ids(said))))
        if len(pairs) % 1000 == 0:
            progress(1000)
    progress(len(pairs) % 1000)
    return np.array(pairs, np.int64).reshape(-1, 2)


def _guessed(folder: Path, split: Split) -> np.ndarray:
    pairs = [
        (len(asked) // CHARACTERS + 1, len(said) // CHARACTERS + 1)
        for asked, said in _texts(folder, split, COUNTED)
    ]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _texts(folder: Path, split: Split, most: int | None) -> Iterator[tuple[str, str]]:
    pairs = (
        pair
        for batch in StoredRows(folder).batches(split)
        for pair in zip(batch.asked, batch.said, strict=True)
    )
    return itertools.islice(pairs, most)


def _silent(rows: int) -> None:
    """Tell nobody."""


def _place(folder: Path, dataset: DatasetInfo, info: ModelInfo) -> Path:
    """The file of these rows, this template and this tokenizer; another one has another file."""
    assert info.path is not None
    parts = [dataset.fingerprint, dataset.template, info.kind, str(info.path), info.revision]
    for name in READ_WITH:
        with suppress(OSError):
            state = (info.path / name).stat()
            parts.append(f"{name} {state.st_size} {state.st_mtime_ns}")
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
    return folder / f"tokens-{digest}.npz"


def _read(path: Path) -> dict[Split, np.ndarray]:
    """What is remembered; a file that cannot be read is as good as none."""
    try:
        with np.load(path, allow_pickle=False) as held:
            known: dict[Split, np.ndarray] = {s: held[s] for s in SPLITS if s in held.files}
        os.utime(path)
    except (OSError, ValueError, EOFError, BadZipFile):
        return {}
    return known


def _write(path: Path, counts: Mapping[Split, np.ndarray]) -> None:
    """Remember; where that cannot be, on a full disk or a read-only one, it is counted again."""
    with suppress(OSError):
        handle, name = tempfile.mkstemp(prefix=".tokens-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                held: dict[str, Any] = {split: values for split, values in counts.items()}
                np.savez(file, **held)
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        kept = sorted(path.parent.glob("tokens-*.npz"), key=lambda p: p.stat().st_mtime)
        for old in kept[:-REMEMBERED]:
            old.unlink(missing_ok=True)
