"""A question, with or without the text it is about, and the answer."""

from __future__ import annotations

from jobs.data.shapes.pairs import ANSWERS, Pairs

SHAPE = Pairs(
    order=2,
    pairs=(
        ("context + question", ANSWERS),
        ("question", ANSWERS),
        ("query", ANSWERS),
    ),
)
