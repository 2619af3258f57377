"""Chat messages as OpenAI writes them: a list of turns, each with `role` and `content`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from jobs.data.batch import TEXTS, Batch
from jobs.data.excerpt import excerpt
from jobs.data.naming import named
from jobs.data.table import Table
from jobs.data.turns import ROLES, RULE, Turn, as_pair
from jobs.data.unread import PART, Unread
from jobs.errors import DataError
from jobs.types import Columns

NAMES = ("messages", "conversations", "conversation", "chat", "dialogue", "dialog", "turns")
LOOKED_AT = 20  # cells
KNOWN = "Speakers that are known: system, user (human), assistant (gpt), tool."


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
        """Whether the first cells of a column are turns of this form, but for a broken few."""
        cells = table.rows.column(column).slice(0, LOOKED_AT).to_pylist()
        read = [self._turns(cell) for cell in cells if cell]
        return any(read) and read.count(None) <= len(read) // PART

    def read(self, cells: pa.RecordBatch, columns: Columns, first: int, unread: Unread) -> Batch:
        at = cells.schema.get_field_index(columns.prompt)
        values = cells.column(at).to_pylist() if at >= 0 else [None] * cells.num_rows
        rows, prompts, references = [], [], []
        for row, value in enumerate(values, first):
            turns = self._turns(value) if value else ()
            if turns is None:
                what = f"Row {row} is not a chat: “{columns.prompt}” {self.problem(value)}."
                cure = f"Write it like the other rows, or remove that row. {KNOWN}"
                unread.meet(DataError(what, cure, excerpt=excerpt(_shown(value))), row)
                continue
            prompt, completion = as_pair(turns)
            rows.append(row)
            prompts.append(prompt)
            references.append([completion] if completion else [])
        numbers = np.array(rows, np.int64)
        return Batch(pa.array(prompts, pa.string()), pa.array(references, TEXTS), numbers)

    def problem(self, cell: str | list[str]) -> str:
        """Why a cell is no chat: what it holds, as the rest of a sentence."""
        turns = _listed(cell)
        if turns is None:
            return f"holds no list of turns with “{self.speaker}” and “{self.said}”"
        for number, turn in enumerate(turns, 1):
            if not isinstance(turn, Mapping) or self.speaker not in turn:
                return f"has no “{self.speaker}” in its turn {number}"
            if _role(turn[self.speaker]) is None:
                who = str(turn[self.speaker])[:40]
                return f"does not tell who speaks in turn {number}: “{who}” is not known"
            if _text(turn.get(self.said)) is None:
                return f"has no text under “{self.said}” in its turn {number}"
        return "can be read"

    def _turns(self, cell: str | list[str]) -> list[Turn] | None:
        """A cell's turns, none where nothing was said; None where it is something else."""
        turns = _listed(cell)
        if turns is None:
            return None
        found = [self._turn(turn) for turn in turns]
        return [turn for turn in found if turn] if all(found) else None

    def _turn(self, turn: Any) -> Turn | None:
        if not isinstance(turn, Mapping) or self.speaker not in turn:
            return None
        role = _role(turn[self.speaker])
        content = _text(turn.get(self.said))
        return None if role is None or content is None else Turn(role, content)


def _shown(cell: str | list[str]) -> str:
    return cell if isinstance(cell, str) else ", ".join(map(str, cell))


def _listed(cell: str | list[str]) -> list[Any] | None:
    """The list that a cell holds, or that stands under “messages” in it."""
    try:
        turns = json.loads(cell) if isinstance(cell, str) else [json.loads(c) for c in cell]
    except (ValueError, TypeError, RecursionError):
        return None
    if not isinstance(cell, str) and len(turns) == 1 and isinstance(turns[0], list):
        turns = turns[0]  # a whole chat as one text, in a column where other cells are lists
    if isinstance(turns, dict):
        turns = turns.get("messages")
    return turns if isinstance(turns, list) else None


def _role(speaker: Any) -> str | None:
    return ROLES.get(str(speaker).strip().lower())


def _text(content: Any) -> str | None:
    """What was said: a text, nothing, or parts of which only texts can be learnt."""
    if content is None:
        return ""
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, dict) else part for part in content]
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else None


SHAPE = Chat("chat", "role", "content")


def unread_chats(table: Table) -> tuple[str, ...]:
    """Why a column that is called like a chat is none, in a sentence; nothing where there is none.

    It speaks of OpenAI's form: a file in ShareGPT's that cannot be read has no speakers either.
    """
    for name in NAMES:
        column = named(table.columns, name)
        if column is None:
            continue
        cells = table.rows.column(column).slice(0, LOOKED_AT).to_pylist()
        for row, cell in enumerate(cells, 1):
            problem = SHAPE.problem(cell) if cell else ""
            if problem not in ("", "can be read"):
                return (f"“{column}” is no chat that can be read: in row {row} it {problem}.",)
        return (f"“{column}” holds no chats: nothing is said in its first rows.",)
    return ()
