"""BLEU: how many runs of one to four words the answers share with their references.

It belongs to a whole test set (Papineni 2002): counts are summed over rows before they are
divided, so its interval comes from resampled counts. A single row shows sentence BLEU with
effective order. Numbers are those of sacrebleu (Post 2018), divided by 100: its `13a` tokens, its
exponential smoothing. Where the references are in a script without spaces the tokens are its `zh`
(Chinese) or `char` (Japanese, Thai and kin), which need no download.
"""

from __future__ import annotations

import importlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from jobs.evaluation.metrics.metric import Statistics
from jobs.evaluation.metrics.words import unspaced
from jobs.types import Score

ORDER = 4  # longest run of words
LOOKED_AT = 2_000  # references, to see their script
SHARE = 0.1  # of letters in a script without spaces; from here on its tokenizer is taken

_CLASSES = {"13a": "Tokenizer13a", "zh": "TokenizerZh", "char": "TokenizerChar"}


@dataclass(frozen=True)
class Bleu:
    """Statistics of a row: its length, the reference's, runs that match, runs there are."""

    tokenizer: str = "13a"
    name: str = "bleu"
    title: str = "BLEU"
    what: str = "How many runs of one to four words they share; of all answers together."
    order: int = 34
    judges: bool = True

    def fitted(self, references: Iterable[Sequence[str]]) -> Self:
        """With the tokenizer that suits the script of the references."""
        texts = islice((text for several in references for text in several), LOOKED_AT)
        return replace(self, tokenizer=tokenizer_for("".join(texts)))

    def score(self, completion: str, references: Sequence[str]) -> Score:
        """Sentence BLEU; the tokenizer follows these references where none was fitted."""
        return self.of(self.statistics(completion, references))

    def statistics(self, completion: str, references: Sequence[str]) -> Statistics | None:
        """As sacrebleu counts with several references: the most of each run that any of them
        has, and the length of the one that is nearest in length."""
        wanted: Counter[tuple[str, ...]] = Counter()
        lengths = []
        for reference in references:
            words = self._words(reference)
            lengths.append(len(words))
            wanted |= _runs(words)
        if not any(lengths):
            return None
        words = self._words(completion)
        length = min(lengths, key=lambda one: (abs(one - len(words)), one))
        matched, there = [0] * ORDER, [0] * ORDER
        for run, count in _runs(words).items():
            there[len(run) - 1] += count
            matched[len(run) - 1] += min(count, wanted[run])
        return len(words), length, *matched, *there

    def of(self, statistics: Statistics | None) -> Score:
        """Effective order: an answer of two words is judged by runs of one and two."""
        if statistics is None:
            return Score(None, "there is no reference with a word in it")
        return Score(float(_bleu(np.array([statistics], dtype=np.float64), effective=True)[0]))

    def whole(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """Corpus BLEU; NaN where nobody could have written a run of four words."""
        values = _bleu(sums, effective=False)
        return np.where((sums[:, 1] < ORDER) | (sums[:, -1] == 0), np.nan, values)

    def _words(self, text: str) -> list[str]:
        return str(_tokenizer(self.tokenizer)(text.rstrip())).split()


def tokenizer_for(text: str) -> str:
    """`char` where scripts without spaces other than Chinese are there, `zh` for Chinese, else
    `13a`, which splits words at spaces and punctuation."""
    letters = [one for one in text if unicodedata.category(one)[0] == "L"]
    alone = [one for one in letters if unspaced(one)]
    if not letters or len(alone) < SHARE * len(letters):
        return "13a"
    han = sum("CJK" in unicodedata.name(one, "") for one in alone)
    # Japanese mixes Chinese characters with its own, some of which every sentence has.
    return "zh" if len(alone) - han < SHARE * len(alone) else "char"


def _runs(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    return Counter(
        tuple(words[start : start + length])
        for length in range(1, ORDER + 1)
        for start in range(len(words) - length + 1)
    )


def _bleu(rows: NDArray[np.float64], *, effective: bool) -> NDArray[np.float64]:
    """Brevity penalty times the geometric mean of precisions, a row of counts at a time."""
    written, wanted = rows[:, 0], rows[:, 1]
    matched, there = rows[:, 2 : 2 + ORDER], rows[:, 2 + ORDER :]
    # The nth order without a match counts as half, a quarter, ... of a match (`exp` smoothing).
    misses = np.cumsum(matched == 0, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precisions = np.where(matched > 0, matched, 0.5**misses) / there
        logs = np.where(there > 0, np.log(precisions), 0.0 if effective else -np.inf)
        orders = np.count_nonzero(there > 0, axis=1) if effective else ORDER
        short = np.where(written < wanted, 1 - wanted / written, 0.0)
        values = np.exp(short + logs.sum(axis=1) / orders)
    return np.where(matched.any(axis=1), values, 0.0)


@lru_cache(maxsize=len(_CLASSES))
def _tokenizer(name: str) -> Any:
    module = importlib.import_module(f"sacrebleu.tokenizers.tokenizer_{name}")
    return getattr(module, _CLASSES[name])()


METRICS = (Bleu(),)
