"""Tables that are wider than a phone: they scroll sideways by themselves, and the page does not;
those of scores need not even that, because there each row becomes a few lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio.parts.text import esc


def scrolling(label: str, caption: str, head: str, body: str, *, kind: str = "") -> str:
    """A table that scrolls sideways by itself; its caption stays in sight, its edge shades.

    With the kind `stacks` and rows of `stacked_cells`, a phone shows a line a cell instead.
    """
    name = "-".join(["caption", *re.findall(r"\w+", label.lower())])
    return (
        f'<div class="tabled"><p class="caption" id="{esc(name)}">{esc(caption)}.</p>'
        f"{scroll_region(label, head, body, kind=kind, described_by=name)}</div>"
    )


def stacked_cells(names: Iterable[str], values: Iterable[str]) -> str:
    """The cells of a row, all of them HTML, each with the name of its column for a phone."""
    return "".join(
        f"<td>{only_stacked(name)}<span>{value}</span></td>"
        for name, value in zip(names, values, strict=True)
    )


def only_stacked(words: str) -> str:
    """What is read in the head of a table, except where a phone stacks its rows."""
    return f'<span class="only-stacked">{words}</span>'


def scroll_region(
    label: str, head: str, body: str, *, kind: str = "", described_by: str = ""
) -> str:
    """The table alone, which the keyboard reaches and scrolls."""
    said = f' aria-describedby="{esc(described_by)}"' if described_by else ""
    return (
        f'<div class="scroll{kind and " " + kind}" tabindex="0" role="region" '
        f'aria-label="{esc(label)}"><table{said}><thead>{head}</thead><tbody>{body}</tbody>'
        "</table></div>"
    )
