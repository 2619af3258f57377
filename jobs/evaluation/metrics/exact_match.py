"""Exact match: whether the answer is the reference."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.types import Score


@dataclass(frozen=True)
class ExactMatch:
    """1 where the completion equals a reference; case and punctuation count, spacing does not."""

    name: str = "exact_match"
    title: str = "Exact match"
    what: str = "Whether the answer is the reference, letter for letter."
    order: int = 40
    judges: bool = True

    def score(self, completion: str, references: Sequence[str]) -> Score:
        """An empty completion scores 0, whatever the reference."""
        if not references:
            return Score(None, "there is no reference to score against")
        written = _plain(completion)
        return Score(float(bool(written) and any(written == _plain(r) for r in references)))


def _plain(text: str) -> str:
    """One way to write each accent (NFC), and single spaces with none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


METRICS = (ExactMatch(),)
