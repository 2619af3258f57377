"""A file before it is added, as HTML."""

from __future__ import annotations

from jobs import Preview
from studio.parts.cards import example_cards
from studio.parts.frame import section
from studio.parts.notices import findings, notice, rows_counted
from studio.parts.raw_rows import raw_rows
from studio.parts.text import esc, several


def preview_view(seen: Preview, *, guessed: bool) -> str:
    """The first rows as they would be read, and what stands out."""
    notes = " ".join([f"{_rows(seen)}.", *seen.notes])
    left_out = notice(seen.unread, kind="warning") if seen.unread else ""
    if guessed and seen.guess is None:
        return f'{left_out}<p class="quiet">{esc(notes)}</p>{unchosen(seen, "")}'
    head = "The columns were guessed by their names. " if guessed else ""
    return (
        f'{left_out}<p class="quiet">{head}{esc(notes)}</p>'
        f"{section('These are your first rows', example_cards(seen.cards) + _every_column(seen))}"
        f"{section('What stands out', findings(seen.findings) + rows_counted(seen.findings))}"
    )


def unchosen(seen: Preview | None, said: str) -> str:
    """What a person decides by while nobody knows which column is what: the rows as they stand.

    That they must decide is asked above (`looking.question`).
    """
    told = f'<p class="unchosen">{esc(said)}</p>' if said else ""
    if seen is None or not seen.raw:
        return told
    return told + section("The first rows of the file", raw_rows(seen))


def _every_column(seen: Preview) -> str:
    """The same rows with all of the file's columns, where there are more than were chosen."""
    if seen.used.issuperset(seen.columns) or not seen.raw:
        return ""
    return (
        '<details class="more"><summary>All columns of these rows</summary>'
        f"{raw_rows(seen)}</details>"
    )


def _rows(seen: Preview) -> str:
    """How many rows there are, where the whole file was read."""
    return several(seen.rows, "row") if seen.rows is not None else "Many rows"
