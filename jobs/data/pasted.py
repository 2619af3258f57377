"""Text that somebody pasted becomes a file like any other."""

from __future__ import annotations

import tempfile
from pathlib import Path

from jobs.data.layout import guess_separator
from jobs.errors import InputError

LARGEST = 20_000_000  # characters; more than that is a file, and pages should not carry it


def save_pasted(text: str, folder: Path) -> Path:
    """Write pasted text into a new folder in `folder`, under the ending that fits it."""
    if not text.strip():
        raise InputError(
            "Nothing was pasted.", "Paste your examples, one a line, or choose a file."
        )
    if len(text) > LARGEST:
        raise InputError(
            "What was pasted is longer than 20 million characters.", "Save it as a file instead."
        )
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="pasted-", dir=folder)) / f"pasted{ending(text)}"
    place.write_text(text, encoding="utf-8", errors="replace", newline="")
    return place


def ending(text: str) -> str:
    """The ending of the format that a text is most likely written in."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return ".jsonl" if "\n" in start.strip() or start.rstrip().endswith("}") else ".json"
    if start.startswith("["):
        return ".json"
    first = start.splitlines()[0]
    if "\t" in first:  # cells that were copied out of a spreadsheet
        return ".tsv"
    separator = guess_separator(start, ",")
    if any(mark in first for mark in ("|||", "=>", "->", "→", "###", "::", ";;")):
        return ".txt"
    return ".csv" if separator in first else ".txt"
