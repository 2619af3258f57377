"""Sizes of products: few of them, of whole tiles."""

from __future__ import annotations

TILE = 16  # rows that a matrix unit takes at once


def like_others(count: int) -> int:
    """`count` rounded up to one of eight sizes between a power of two and the next.

    On a processor oneDNN compiles a product anew for each number of rows and keeps what it
    compiled, up to 1,024 of them. Hardly two batches have as many labels: measured on a model of
    8 million weights, each brought 4 MB and 20 ms with it.
    """
    apart = step(count)
    return -(-count // apart) * apart


def step(count: int) -> int:
    """How far the sizes around `count` are apart."""
    return max(TILE, 2 ** (count.bit_length() - 1) // 8)
