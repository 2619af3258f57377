"""From columns to examples: one a row, blank ones included so that they can be reported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jobs.data.columns import prompt_parts
from jobs.data.table import Table
from jobs.types import Columns, Example


def read_rows(table: Table, columns: Columns) -> list[Example]:
    """Every row as an example; `references` keeps the completions that are not blank, in order.

    A cell that is nothing becomes an empty text; the words “None” and “null” stay words.
    """
    prompts = [_texts(table, name) for name in prompt_parts(table.columns, columns.prompt)]
    completions = [_texts(table, name) for name in columns.completions]
    examples = []
    for index in range(table.rows.num_rows):
        parts = [text for column in prompts for text in column[index] if text.strip()]
        references = [text for column in completions for text in column[index] if text.strip()]
        examples.append(
            Example("\n\n".join(parts), tuple(dict.fromkeys(references)), row=index + 1)
        )
    return examples


def usable(rows: Iterable[Example]) -> list[Example]:
    """The rows that have a prompt and a completion."""
    return [row for row in rows if row.prompt and row.references]


def _texts(table: Table, name: str) -> Sequence[Sequence[str]]:
    """The texts of each cell of a column: none, one, or those of a list."""
    values = table.rows.column(name).to_pylist()
    return [
        (value,) if isinstance(value, str) else [v for v in value or () if v is not None]
        for value in values
    ]
