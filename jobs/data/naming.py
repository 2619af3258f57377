"""Names of columns: exact ones, whatever their case; never parts of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from jobs.types import Columns

JOINT = " + "


def plain(name: str) -> str:
    """A name without what people write differently."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def named(columns: Sequence[str], name: str) -> str | None:
    """The column of this name."""
    return next((column for column in columns if plain(column) == name), None)


def family(columns: Sequence[str], name: str) -> tuple[str, ...]:
    """The column of this name, its plural and its numbered ones (`ref`, `refs`, `ref_1`)."""
    stem = re.escape(plain(name))
    plural = f"(?:{stem}|{stem}s|{stem[:-1]}ies)" if stem.endswith("y") else f"{stem}s?"
    pattern = re.compile(rf"{plural}(?:[ _-]?(\d+))?")
    found = []
    for position, column in enumerate(columns):
        match = pattern.fullmatch(plain(column))
        if match:
            found.append((int(match[1] or -1), position, column))
    return tuple(column for _, _, column in sorted(found))


def paired(columns: Sequence[str], pairs: Sequence[tuple[str, Sequence[str]]]) -> Columns | None:
    """The first pair of which all names are there."""
    for prompt, completions in pairs:
        parts = [named(columns, name) for name in prompt.split(JOINT)]
        if None in parts:
            continue
        for name in completions:
            found = family(columns, name)
            if found and not set(found) & set(parts):
                return Columns(JOINT.join(part for part in parts if part), found)
    return None
