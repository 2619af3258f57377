"""Numbers as the sentences of this part say them."""

from __future__ import annotations


def count_of(count: int, one: str, many: str = "") -> str:
    """“1 row”, “12 rows”, “1,200 rows”."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
