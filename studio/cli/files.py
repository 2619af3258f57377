"""A result as a file: whole or not there, and said where."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.text import Text

from jobs import InputError
from studio.cli import show


def write(path: Path, parts: Iterable[str]) -> None:
    """Write the parts behind one another; where that fails, what stood there before stays."""
    half_made = path.with_name(f".{path.name}.part")
    try:
        with half_made.open("w", encoding="utf-8", errors="replace", newline="") as file:
            file.writelines(parts)
        half_made.replace(path)
    except OSError as error:
        what = f"“{path}” cannot be written: {error.strerror or error}."
        raise InputError(what, "Name another file; nothing is lost.") from error
    finally:
        half_made.unlink(missing_ok=True)


def tell(what: str, path: Path, quiet: bool) -> None:
    """Say where `write` wrote; on standard error where the output is a document's (`quiet`)."""
    told = Text(f"{what} is in {path}.")
    (show.err() if quiet else show.out()).print(told, soft_wrap=True)
