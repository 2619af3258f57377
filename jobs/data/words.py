"""Numbers as sentences say them."""

from __future__ import annotations


def count_of(count: int, one: str, many: str = "") -> str:
    """“1 row”, “12 rows”, “1,200 rows”."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def bytes_of(size: float) -> str:
    """“12 MB”, “3.2 GB”, in steps of 1,000 as disks are sold."""
    return f"{size / 1e9:.1f} GB" if size >= 999.5e6 else f"{size / 1e6:.0f} MB"
