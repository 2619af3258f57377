"""What the commands print: JSON for programs, tables and plain sentences for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table
from rich.text import Text

from jobs import InputError

PIPE_WIDTH = 240  # characters


def out() -> Console:
    """Standard output as it is now: a pipe gets no colours and no padding to a screen."""
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    return Console(stderr=True, highlight=False)


def document(value: Any) -> None:
    """Print one JSON document; numbers that JSON has no word for are refused, not written."""
    narrow = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"  # signs may be missing
    print(json.dumps(value, indent=2, ensure_ascii=narrow, allow_nan=False, default=str))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as columns; what users named is shown as text, never as markup."""
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(Text(column), overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(str(cell)) for cell in row))
    # A pipe has no width: names that a program or a person copies stay on one line.
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(highlight=False, width=width).print(drawn)


@contextmanager
def bar(title: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on a terminal, nothing anywhere else; what is given takes a phase and a share."""
    if not err().is_terminal:
        yield lambda phase, share: None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=err(), transient=True) as progress:
        task = progress.add_task(title, total=1.0)

        def told(phase: str, share: float) -> None:
            progress.update(task, description=f"{title}: {phase}", completed=share)

        yield told


def say(sentence: str) -> None:
    """Print one line of text as it is."""
    out().print(Text(sentence))


def sure(sentence: str, *, ask: bool) -> None:
    """Say what is about to be done for good, and ask first where `ask` says so.

    A no ends the command with 1. Where nobody sits at a terminal, nobody can be asked: refused.
    """
    if ask and (sys.stdin is None or not sys.stdin.isatty()):
        raise InputError(
            "Nothing was deleted: this deletes for good, and there is no terminal to ask at.",
            "Add --yes to delete without being asked.",
        )
    say(sentence)
    if ask and not typer.confirm("Delete it for good?"):
        say("Nothing was deleted.")
        raise typer.Exit(1)


def problem(error: Mapping[str, str]) -> None:
    """Say on standard error what went wrong and what to do; `error` as the database keeps it."""
    err().print(f"{error['what']} {error['cure']}".strip(), markup=False)


def duration(seconds: float | None) -> str:
    """Seconds as people say them: 45 s, 1 min 20 s, 2 h 5 min."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(amount: float) -> str:
    """Bytes as people say them: 12 MB, 3.2 GB."""
    return f"{amount / 1e9:.1f} GB" if amount >= 999.5e6 else f"{amount / 1e6:.0f} MB"


def count(number: int) -> str:
    """A large count as people say it: 7.9 million, 1.2 billion."""
    if number >= 999.95e6:  # "1000.0 million" is nothing that people say
        return f"{number / 1e9:.1f} billion"
    return f"{number / 1e6:.1f} million" if number >= 1e6 else f"{number:,}"


def brief(text: str, width: int = 300) -> str:
    """A text on one line, cut off where it is longer than `width`."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
