"""Which columns hold prompt and completions: guessed by exact names, never by parts of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from jobs.data.table import Table
from jobs.errors import DataError, InputError
from jobs.types import Columns

# Pairs of names as data sets in the field have them, the more telling ones first. "a + b" is two
# columns that make one prompt, the second below the first.
ANSWERS = ("completion", "response", "answer", "output", "target", "reply", "reference", "ref")
SUMMARIES = ("summary", "highlights", "reference_summary", "target", "output")
PAIRS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("prompt", (*ANSWERS, "chosen", "text")),
    ("instruction + input", ANSWERS),
    ("instruction + context", ANSWERS),
    ("instruction", ANSWERS),
    ("context + question", ANSWERS),
    ("question", ANSWERS),
    ("query", ANSWERS),
    ("input", (*ANSWERS, "label")),
    ("mr", ("ref", "reference", "target")),
    ("meaning_representation", ("human_reference", "target", "reference", "ref")),
    ("dialogue", SUMMARIES),
    ("dialog", SUMMARIES),
    ("conversation", (*SUMMARIES, "response", "reply")),
    ("document", SUMMARIES),
    ("article", SUMMARIES),
    ("source", ("target", "reference", "ref", "summary")),
    ("src", ("tgt", "trg", "target", "ref")),
    ("text", (*SUMMARIES, "completion", "label", "answer")),
    ("message", ("reply", "response", "answer")),
    ("user", ("assistant", "bot", "response")),
    ("human", ("assistant", "bot", "gpt")),
    ("context", ("response", "reply")),
    ("sentence", ("label", "target", "paraphrase")),
)
JOINT = " + "


def guess(table: Table) -> Columns | None:
    """The columns by their exact names (case does not matter), or None where no names are known."""
    for prompt, completions in PAIRS:
        parts = [_named(table.columns, name) for name in prompt.split(JOINT)]
        if None in parts:
            continue
        for name in completions:
            found = family(table.columns, name)
            if found and not set(found) & set(parts):
                return Columns(JOINT.join(part for part in parts if part), found)
    return None


def family(columns: Sequence[str], name: str) -> tuple[str, ...]:
    """The column of this name, its plural and its numbered ones (`ref`, `refs`, `ref_1`)."""
    stem = re.escape(_plain(name))
    plural = f"(?:{stem}|{stem}s|{stem[:-1]}ies)" if stem.endswith("y") else f"{stem}s?"
    pattern = re.compile(rf"{plural}(?:[ _-]?(\d+))?")
    found = []
    for position, column in enumerate(columns):
        match = pattern.fullmatch(_plain(column))
        if match:
            found.append((int(match[1] or -1), position, column))
    return tuple(column for _, _, column in sorted(found))


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
    parts = prompt_parts_or_none(table.columns, training.prompt)
    guessed = guess(table)
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


def _guessed(table: Table) -> Columns:
    found = guess(table)
    if found is None:
        raise DataError(
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
        column for column in columns if _plain(column) == _plain(name)
    ]
    hint = f"Did you mean “{near[0]}”? " if near else ""
    return InputError(f"There is no column “{name}”.", f"{hint}There are {_listed(columns)}.")


def _named(columns: Sequence[str], name: str) -> str | None:
    return next((column for column in columns if _plain(column) == name), None)


def _plain(name: str) -> str:
    return name.strip().casefold()


def _listed(columns: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"“{name[:40]}”" for name in columns[:most])
    return shown if len(columns) <= most else f"{shown} and {len(columns) - most} more"
