"""What pages ask for at every look and what is slow to read: tokenizers and first rows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jobs.data import read_examples
from jobs.data.storage import FILES
from jobs.home import Home
from jobs.models.lengths import READ_WITH
from jobs.models.tokenizer import load_tokenizer
from jobs.types import Example, ModelInfo

TOKENIZERS = 2  # a large vocabulary takes some 100 MB
DATASETS = 16  # whose first rows are kept

Key = tuple[Any, ...]


class AtHand:
    """Kept in this process, by the state of the files that they came from."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._using = threading.Lock()  # the tokenizers: two threads must not use one at once
        self._reading = threading.Lock()
        self._tokenizers: OrderedDict[Key, Any] = OrderedDict()
        self._rows: OrderedDict[Key, list[Example]] = OrderedDict()

    @contextmanager
    def tokenizer(self, info: ModelInfo) -> Iterator[Any]:
        """A model's tokenizer, for this block alone; errors are those of `load_tokenizer`."""
        with self._using:
            key = (str(info.path), *_states(info.path, READ_WITH))
            found = self._tokenizers.pop(key, None) or load_tokenizer(info)
            _keep(self._tokenizers, key, found, TOKENIZERS)
            yield found

    def first(self, dataset_id: int, limit: int) -> list[Example]:
        """The first training examples of a dataset; a version of it never changes."""
        folder = self._home.dataset(dataset_id)
        key = (dataset_id, limit, *_states(folder, FILES))
        with self._reading:
            found = self._rows.pop(key, None) or read_examples(folder, "train", 0, limit)
            _keep(self._rows, key, found, DATASETS)
        return found


def _keep(among: OrderedDict[Key, Any], key: Key, kept: Any, most: int) -> None:
    """Put it at the end; what was unused for longest goes."""
    among[key] = kept
    while len(among) > most:
        among.popitem(last=False)


def _states(folder: Path | None, names: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Size and time of those files that are there."""
    found: list[tuple[str, int, int]] = []
    if folder is None:
        return []
    for name in names:
        with suppress(OSError):
            about = (folder / name).stat()
            found.append((name, about.st_size, about.st_mtime_ns))
    return found
