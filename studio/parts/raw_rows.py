"""The first rows of a file as they stand in it, by which a person tells which column is what."""

from __future__ import annotations

from jobs import Preview
from studio.parts.scrolling import scroll_region
from studio.parts.text import clip, count, esc, several

MOST = 24  # columns; a table with more of them tells nobody anything
LONGEST = 200  # characters of a cell
SHORT = 32  # characters that stand in one line


def raw_rows(seen: Preview) -> str:
    """A table with a column for each of the file's, every cell as text; "" without rows."""
    if not seen.raw:
        return ""
    names = seen.columns[:MOST]
    head = "".join(f'<th scope="col">{esc(clip(name, 80))}</th>' for name in names)
    body = "".join(f"<tr>{''.join(map(_cell, row[:MOST]))}</tr>" for row in seen.raw)
    more = len(seen.columns) - len(names)
    rest = (
        f'<p class="quiet">{several(more, "more column")} after the first {count(MOST)}.</p>'
        if more
        else ""
    )
    table = scroll_region("The first rows of the file", f"<tr>{head}</tr>", body, kind="raw")
    return table + rest


def _cell(text: str) -> str:
    shown = esc(clip(text, LONGEST)) if text.strip() else '<span class="quiet">empty</span>'
    long = ' class="long"' if len(text) > SHORT else ""
    return f'<td dir="auto"{long}>{shown}</td>'
