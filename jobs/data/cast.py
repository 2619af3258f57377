"""Arrow columns of any type as text."""

from __future__ import annotations

import pyarrow as pa

from jobs.data.table import LIST, TEXT, cell
from jobs.errors import DataError


def as_text(column: pa.Array, name: str, file: str) -> pa.Array:
    """A column as text or lists of text; structures become JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    try:
        listed = pa.types.is_list(kind) or pa.types.is_large_list(kind)
        if listed and not pa.types.is_nested(kind.value_type):
            return column.cast(LIST)
        if pa.types.is_boolean(kind) or pa.types.is_nested(kind):
            return pa.array([cell(value) for value in column.to_pylist()], TEXT)
        column = column.cast(TEXT)
        column.validate(full=True)  # other writers may have left bytes that are no UTF-8
        return column
    except RecursionError:
        raise DataError(
            f"Column “{name}” of “{file}” is nested too deeply.",
            "Keep the parts that hold prompt and completion.",
        ) from None
    except (pa.ArrowException, TypeError, UnicodeDecodeError):
        raise DataError(
            f"Column “{name}” of “{file}” holds {str(kind)[:60]}, which is not text.",
            "Remove that column, or write it as text.",
        ) from None
