"""An instruction, what it is to be done to, and the output."""

from __future__ import annotations

from jobs.data.shapes.pairs import ANSWERS, Pairs

SHAPE = Pairs(
    order=1,
    pairs=(
        ("instruction + input", ANSWERS),
        ("instruction + context", ANSWERS),
        ("instruction", ANSWERS),
    ),
)
