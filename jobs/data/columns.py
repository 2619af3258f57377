"""Which columns hold prompt and completions: what a person asked for, checked, or the guess."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from jobs.data.naming import JOINT, family, plain
from jobs.data.shapes import guess, shapes
from jobs.data.table import Table
from jobs.errors import DataError, InputError, NoColumns
from jobs.types import Columns


@runtime_checkable
class Conversation(Protocol):
    """A shape that lies in one column."""

    name: str

    def holds(self, table: Table, column: str) -> bool:
        """Whether the column's cells have this shape."""

    def problem(self, cell: str | list[str]) -> str:
        """Why a cell has not, as the rest of a sentence that begins with the column."""


def check(table: Table, prompt: str | None = None, completions: Sequence[str] = ()) -> Columns:
    """The columns that were asked for, and for what was left open the guess.

    Two columns joined as “instruction + input” make one prompt. Errors name the columns there are.
    """
    if prompt is None and not completions:
        return _guessed(table)
    guessed = guess(table)
    if prompt is None:
        if guessed is None or set(prompt_parts(table.columns, guessed.prompt)) & set(completions):
            raise _open(table, "prompt")
        prompt = guessed.prompt
    parts = prompt_parts(table.columns, prompt)
    asked = list(dict.fromkeys(completions))
    if prompt in table.columns and asked in ([], [prompt]):
        chat = _chat(table, prompt)
        if chat is not None:
            return chat
        if asked:
            raise _no_chat(table, prompt)
    if not completions:
        completions = _completions_beside(table, parts, guessed)
    for name in completions:
        if name not in table.columns:
            raise _unknown(table.columns, name)
    twice = set(parts) & set(completions)
    if twice:
        raise InputError(
            f"“{twice.pop()}” cannot be prompt and completion at once.",
            f"Choose another column; there are {_listed(table.columns)}.",
        )
    return Columns(prompt, tuple(dict.fromkeys(completions)))


def for_test(table: Table, training: Columns) -> Columns:
    """The columns of a separate test file: those of training, or else its own under like names."""
    if training.shape != "pair" and training.prompt in table.columns:
        return check(table, training.prompt)
    parts = prompt_parts_or_none(table.columns, training.prompt)
    guessed = guess(table)
    if guessed and guessed.shape != "pair" and not parts:
        return guessed
    prompt = training.prompt if parts else guessed.prompt if guessed else None
    if prompt is None:
        raise _open(table, "prompt", "the test file")
    found = [name for name in training.completions if name in table.columns]
    if not found:
        for name in training.completions:
            found += family(table.columns, re.sub(r"[ _-]?\d+$", "", name))
    if not found and guessed:
        found = [name for name in guessed.completions if name not in prompt.split(JOINT)]
    if not found:
        raise _open(table, "completion", "the test file")
    return check(table, prompt, tuple(dict.fromkeys(found)))


def prompt_parts(columns: Sequence[str], prompt: str) -> tuple[str, ...]:
    """The columns that a prompt is made of; usually the one."""
    parts = prompt_parts_or_none(columns, prompt)
    if parts is None:
        names = [prompt] if JOINT not in prompt else prompt.split(JOINT)
        raise _unknown(columns, next(name for name in names if name not in columns))
    return parts


def prompt_parts_or_none(columns: Sequence[str], prompt: str) -> tuple[str, ...] | None:
    if prompt in columns:
        return (prompt,)
    parts = tuple(prompt.split(JOINT))
    return parts if all(part in columns for part in parts) else None


def _chat(table: Table, column: str) -> Columns | None:
    """A single column as prompt and completion at once, where whole conversations stand in it."""
    for each in shapes():
        if isinstance(each, Conversation) and each.holds(table, column):
            return Columns(column, (column,), each.name)
    return None


def _no_chat(table: Table, column: str) -> InputError:
    """One column was asked for as both, which only a chat can be; why it is none."""
    first = next((cell for cell in table.rows.column(column).to_pylist() if cell), "")
    why = next(each.problem(first) for each in shapes() if isinstance(each, Conversation))
    return InputError(
        f"“{column}” cannot be prompt and completion at once: only chats can, and it {why}.",
        f"Choose another column; there are {_listed(table.columns)}.",
    )


def _guessed(table: Table) -> Columns:
    found = guess(table)
    if found is None and len(table.columns) == 1:
        raise DataError(
            f"There is one column, {_listed(table.columns)}, and an example takes two: a prompt "
            "and its completion.",
            "Add the completions as a second column; if they are there, say what separates them.",
        )
    if found is None:
        raise NoColumns(
            f"It cannot be told which columns hold prompt and completion: "
            f"there are {_listed(table.columns)}.",
            "Say which column holds the prompt and which the completion.",
        )
    return found


def _completions_beside(
    table: Table, parts: tuple[str, ...], guessed: Columns | None
) -> tuple[str, ...]:
    """The completions that belong to a prompt column that was named."""
    if guessed and not set(guessed.completions) & set(parts):
        return guessed.completions
    rest = [name for name in table.columns if name not in parts]
    if len(rest) == 1:
        return (rest[0],)
    raise _open(table, "completion")


def _open(table: Table, what: str, where: str = "this file") -> DataError:
    return DataError(
        f"No column of {where} is known to hold the {what}: there are {_listed(table.columns)}.",
        f"Say which column holds the {what}.",
    )


def _unknown(columns: Sequence[str], name: str) -> InputError:
    near = difflib.get_close_matches(name, columns, n=1) or [
        column for column in columns if plain(column) == plain(name)
    ]
    hint = f"Did you mean “{near[0]}”? " if near else ""
    return InputError(f"There is no column “{name}”.", f"{hint}There are {_listed(columns)}.")


def _listed(columns: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"“{name[:40]}”" for name in columns[:most])
    return shown if len(columns) <= most else f"{shown} and {len(columns) - most} more"
