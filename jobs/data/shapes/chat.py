"""Chat messages as OpenAI writes them: a list of turns, each with `role` and `content`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from jobs.data.batch import TEXTS, Batch
from jobs.data.naming import named
from jobs.data.table import Table
from jobs.data.turns import ROLES, RULE, Turn, as_pair
from jobs.errors import DataError
from jobs.types import Columns

NAMES = ("messages", "conversations", "conversation", "chat", "dialogue", "dialog", "turns")
LOOKED_AT = 20  # cells


@dataclass(frozen=True)
class Chat:
    """Turns in one column, who speaks under one key and what is said under another."""

    name: str
    speaker: str
    said: str
    order: int = 3
    note: str = RULE

    def guess(self, table: Table) -> Columns | None:
        for name in NAMES:
            column = named(table.columns, name)
            if column is not None and self.holds(table, column):
                return Columns(column, (column,), self.name)
        return None

    def holds(self, table: Table, column: str) -> bool:
        """Whether the first cells of a column are turns of this form."""
        cells = table.rows.column(column).slice(0, LOOKED_AT).to_pylist()
        filled = [cell for cell in cells if cell]
        return bool(filled) and all(self._turns(cell) is not None for cell in filled)

    def read(self, cells: pa.RecordBatch, columns: Columns, first: int) -> Batch:
        at = cells.schema.get_field_index(columns.prompt)
        values = cells.column(at).to_pylist() if at >= 0 else [None] * cells.num_rows
        prompts, references = [], []
        for row, value in enumerate(values, first):
            turns = self._turns(value) if value else ()
            if turns is None:
                raise DataError(
                    f"Row {row} is not a chat: “{columns.prompt}” holds no list of turns with "
                    f"“{self.speaker}” and “{self.said}”.",
                    "Write it like the other rows, or remove that row.",
                )
            prompt, completion = as_pair(turns)
            prompts.append(prompt)
            references.append([completion] if completion else [])
        rows = np.arange(first, first + len(prompts), dtype=np.int64)
        return Batch(pa.array(prompts, pa.string()), pa.array(references, TEXTS), rows)

    def _turns(self, cell: str | list[str]) -> list[Turn] | None:
        """A cell's turns, None where it is something else."""
        try:
            turns = json.loads(cell) if isinstance(cell, str) else [json.loads(c) for c in cell]
        except (ValueError, TypeError, RecursionError):
            return None
        if isinstance(turns, dict) and isinstance(turns.get("messages"), list):
            turns = turns["messages"]
        if not isinstance(turns, list) or not turns:
            return None
        found = [self._turn(turn) for turn in turns]
        return [turn for turn in found if turn] if all(found) else None

    def _turn(self, turn: Any) -> Turn | None:
        if not isinstance(turn, Mapping) or self.speaker not in turn:
            return None
        role = ROLES.get(str(turn[self.speaker]).strip().lower())
        content = _text(turn.get(self.said))
        return None if role is None or content is None else Turn(role, content)


def _text(content: Any) -> str | None:
    """What was said: a text, nothing, or parts of which only texts can be learnt."""
    if content is None:
        return ""
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, dict) else part for part in content]
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else None


SHAPE = Chat("chat", "role", "content")
