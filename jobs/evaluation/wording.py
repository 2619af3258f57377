"""Token ids as the text of an answer: whole, growing, and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.evaluation.batching import Row

LOOK_BACK = 16  # tokens of an answer in which the text that ends it is looked for


class Wording:
    """What ids say in a tokenizer's words; special tokens are left out."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def whole(self, row: Row, ids: Sequence[int]) -> str:
        """The text of an answer, up to where its row ends it."""
        text: str = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return text.split(row.until)[0] if row.until else text

    def growing(self, row: Row, ids: Sequence[int]) -> str:
        """What an unfinished answer says: half a character at its end is held back."""
        return self.whole(row, ids).rstrip("\ufffd")

    def closed(self, row: Row, ids: Sequence[int]) -> bool:
        """Whether the text that ends the row's answer has come."""
        return bool(row.until) and row.until in self._tokenizer.decode(list(ids[-LOOK_BACK:]))
