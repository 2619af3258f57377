"""The rows of a version in the making: first test, then validation, then training, in columns.

Only rows that an edit may change become objects; all others go from file to file as they lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from jobs.data.batch import Batch
from jobs.data.digests import prompt_keys, repeated
from jobs.data.mends import Edit, near
from jobs.data.raw import within
from jobs.data.splits import fold
from jobs.data.storage import as_rows
from jobs.types import Example, Split

HELD_BACK: tuple[Split, ...] = ("test", "validation")
NO_KEYS = np.zeros(0, np.uint64)


class Made:
    """What an edit makes of rows, and how many it drops, changes and adds."""

    def __init__(self, edit: Edit, tested: np.ndarray) -> None:
        self._edit = edit
        self._tested = tested  # keys of prompts that any version has tested
        self._held: dict[Split, list[pa.RecordBatch]] = {split: [] for split in HELD_BACK}
        self._keys = dict.fromkeys(HELD_BACK, NO_KEYS)  # of each prompt that is held back, in order
        self._moved = False  # whether a held back prompt is another one than it was
        self.changes = {"dropped": 0, "changed": 0, "added": 0}

    def hold(self, split: Split, batch: Batch) -> None:
        """Some rows that are held back."""
        rows, _ = self._edited(split, batch)
        if rows.num_rows:
            self._keep(split, rows)

    def place(self, added: Sequence[Example]) -> list[Example]:
        """New rows go to their sides; those to learn from are given back."""
        self.changes["added"] += len(added)
        sides = self._sides([row.prompt for row in added], "train")
        for split in HELD_BACK:
            rows = [row for row, side in zip(added, sides, strict=True) if side == split]
            if rows:
                self._moved = True
                self._keep(split, as_rows(rows))
        if self._moved:
            for split in HELD_BACK:
                self._fold(split)
        return [row for row, side in zip(added, sides, strict=True) if side == "train"]

    def rows(
        self, train: Iterable[Batch], new: pa.RecordBatch
    ) -> Iterator[tuple[Split, pa.RecordBatch]]:
        """Every row of the version: what is held back, and what becomes of training."""
        for split, held in self._held.items():
            yield from ((split, rows) for rows in held)
        for batch in train:
            rows = self._learnt(batch)
            if rows.num_rows:
                yield "train", rows
        if new.num_rows:
            yield "train", new

    def _learnt(self, batch: Batch) -> pa.RecordBatch:
        """Rows of training; a prompt that an edit brought to what is held back leaves."""
        rows, changed = self._edited("train", batch)
        if not self._moved or not rows.num_rows:
            return rows
        leaves = _among(prompt_keys(rows.column(0)), np.concatenate([*self._keys.values()]))
        self.changes["dropped"] += int(leaves.sum())
        self.changes["changed"] -= int((leaves & changed).sum())
        return rows.filter(pa.array(~leaves))

    def _edited(self, split: Split, batch: Batch) -> tuple[pa.RecordBatch, np.ndarray]:
        """A batch as the edit leaves it, and which of the rows that are left it has changed.

        A row whose new prompt belongs to another side is dropped.
        """
        columns = [batch.prompts, batch.references, pa.array(batch.rows)]
        rows = pa.RecordBatch.from_arrays(columns, ["prompt", "references", "row"])
        places, become = near(self._edit, split, batch)
        before = batch.take(places).examples if len(places) else []
        after = [become(split, row) for row in before]
        pairs = list(zip(before, after, strict=True))
        asked = [i for i, (old, new) in enumerate(pairs) if new and new.prompt != old.prompt]
        sides = self._sides([pairs[i][1].prompt for i in asked], split)  # type: ignore[union-attr]
        for i, side in zip(asked, sides, strict=True):
            if side != split:
                after[i] = None
            elif split in HELD_BACK:
                self._moved = True
        gone = [i for i, new in enumerate(after) if new is None]
        other = [i for i, new in enumerate(after) if new is not None and new != before[i]]
        self.changes["dropped"] += len(gone)
        self.changes["changed"] += len(other)
        if not gone and not other:
            return rows, np.zeros(len(batch), bool)
        order, changed = np.arange(len(batch)), np.zeros(len(batch), bool)
        order[places[other]] = len(batch) + np.arange(len(other))
        changed[places[other]] = True
        left = np.delete(np.arange(len(batch)), places[gone])
        return _mixed(rows, [after[i] for i in other], order[left]), changed[left]  # type: ignore[misc]

    def _sides(self, prompts: Sequence[str], split: Split) -> list[Split]:
        """To which side each prompt belongs: the one where it stands, else `split`."""
        if not prompts:
            return []
        keys = prompt_keys(pa.array(prompts, pa.string()))
        sides = np.full(len(keys), split, object)
        sides[_among(keys, self._tested)] = "test"
        for held in reversed(HELD_BACK):  # the test has them first
            sides[_among(keys, self._keys[held])] = held
        return list(sides)

    def _keep(self, split: Split, rows: pa.RecordBatch) -> None:
        self._held[split].append(rows)
        self._keys[split] = np.concatenate([self._keys[split], prompt_keys(rows.column(0))])

    def _fold(self, split: Split) -> None:
        """Equal prompts of a side become one with several references; the test has them first."""
        if not self._held[split]:
            return
        rows = pa.Table.from_batches(self._held[split]).combine_chunks().to_batches()[0]
        keys = self._keys[split]
        kept = np.ones(len(keys), bool)
        if split != "test":
            kept = ~_among(keys, self._keys["test"])
        places = np.flatnonzero(kept)
        again = places[repeated(keys[places])]
        _, first = np.unique(keys[again], return_index=True)
        first = again[np.sort(first)]  # in the order in which `fold` gives them
        folded = fold(_examples(rows.take(pa.array(again)))) if len(again) else []
        kept[again] = False
        kept[first] = True
        order = np.arange(len(keys))
        order[first] = len(keys) + np.arange(len(folded))
        left = np.flatnonzero(kept)
        if not self.changes["added"]:  # a row that is added is counted as that
            self.changes["dropped"] += len(keys) - len(left)
        self._held[split] = [_mixed(rows, folded, order[left])]
        self._keys[split] = keys[left]


def _among(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
    return within(np.sort(known), keys)


def _mixed(rows: pa.RecordBatch, others: Sequence[Example], order: np.ndarray) -> pa.RecordBatch:
    """Rows with others behind them, taken in this order."""
    parts = zip(rows.columns, as_rows(others).columns, strict=True)
    at = pa.array(order)
    columns = [pa.concat_arrays([column, more]).take(at) for column, more in parts]
    return pa.RecordBatch.from_arrays(columns, rows.schema.names)


def _examples(rows: pa.RecordBatch) -> list[Example]:
    prompts, references, numbers = rows.columns
    return Batch(prompts, references, numbers.to_numpy()).examples
