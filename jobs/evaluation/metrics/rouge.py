"""ROUGE-1, ROUGE-2 and ROUGE-L: words, word pairs and the longest common order of words.

Formulas as in Google's `rouge_score` (F of precision and recall, Lin 2004); the longest common
subsequence is found by bits of one integer (Hyyrö 2004), since the usual table of Python lists
takes minutes on a test set of several thousand references.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jobs.evaluation.metrics.words import tokens
from jobs.types import Score

Words = tuple[str, ...]
Overlap = Callable[[str, str], tuple[int, int, int]]
"""(common, possible in the completion, possible in the reference) of two texts."""


@dataclass(frozen=True)
class Rouge:
    """One kind of ROUGE; the value is F against the best reference, parts are its two halves."""

    name: str
    title: str
    what: str
    order: int
    overlap: Overlap
    judges: bool = True

    def score(self, completion: str, references: Sequence[str]) -> Score:
        """An empty completion scores 0. A reference without a word says nothing of any answer:
        it is left out, and where no other is there, there is no score."""
        best = None
        for reference in references:
            if not tokens(reference):
                continue
            scores = self._pair(completion, reference)
            if best is None or scores[0] > best[0]:
                best = scores
        if best is None and references:
            return Score(None, "no reference has a word in it")
        if best is None:
            return Score(None, "there is no reference to score against")
        return Score(best[0], parts={"precision": best[1], "recall": best[2]})

    def _pair(self, completion: str, reference: str) -> tuple[float, float, float]:
        """F, precision, recall. `rouge_score` gives one-word texts a ROUGE-2 of 0, which ASCII
        text keeps for the sake of parity; in other scripts identical text scores 1."""
        ascii_only = completion.isascii() and reference.isascii()
        if not ascii_only and tokens(completion) == tokens(reference):
            return 1.0, 1.0, 1.0
        common, of_written, of_wanted = self.overlap(completion, reference)
        precision, recall = common / max(of_written, 1), common / max(of_wanted, 1)
        if precision + recall > 0:
            return 2 * precision * recall / (precision + recall), precision, recall
        return 0.0, precision, recall


def _common_words(completion: str, reference: str) -> tuple[int, int, int]:
    written, wanted = tokens(completion), tokens(reference)
    return _common(written, wanted), len(written), len(wanted)


def _common_pairs(completion: str, reference: str) -> tuple[int, int, int]:
    left = list(pairwise(tokens(completion)))
    right = list(pairwise(tokens(reference)))
    return _common(left, right), len(left), len(right)


def _common(left: Sequence[object], right: Sequence[object]) -> int:
    """How many elements two bags share, each counted as often as both have it."""
    have = dict(Counter(left))
    common = 0
    for one in right:
        count = have.get(one, 0)
        if count:
            have[one] = count - 1
            common += 1
    return common


def _common_order(completion: str, reference: str) -> tuple[int, int, int]:
    written, wanted = tokens(completion), tokens(reference)
    return longest_common(written, wanted), len(written), len(wanted)


def longest_common(left: Words, right: Words) -> int:
    """Length of the longest common subsequence."""
    return len(left) - matching_rows(left, right)[-1].bit_count()


def matching_rows(left: Words, right: Words) -> list[int]:
    """The table of longest common subsequences by bits: `rows[i]` belongs to `right[:i]`, and its
    zeros below bit j count the words that `right[:i]` and `left[:j]` share in order."""
    places: dict[str, int] = {}
    for place, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << place
    everything = (1 << len(left)) - 1
    row = everything
    rows = [row]
    for word in right:
        match = row & places.get(word, 0)
        if match:
            row = ((row + match) | (row - match)) & everything
        rows.append(row)
    return rows


METRICS = (
    Rouge("rouge1", "ROUGE-1", "How many words the answer shares with the reference.", 10,
          _common_words),
    Rouge("rouge2", "ROUGE-2", "How many pairs of neighbouring words they share.", 20,
          _common_pairs),
    Rouge("rougeL", "Word overlap (ROUGE-L)", "How many words the answer shares with the "
          "reference, in the same order: 0 is none, 1 is all of them.", 30, _common_order),
)  # fmt: skip
