"""What a trained soft prompt says, as far as words can tell: kept beside the run's adapter.

Vectors are held against the model's own word embeddings by cosine. Lengths and distances are told
in lengths of a word: the median length of the embeddings, since models scale them as they like.
"""

from __future__ import annotations

import dataclasses
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "soft_prompt.json"  # in the run's folder
FORM = 1  # of the file; a reader that knows another one does not guess


@dataclass(frozen=True)
class Near:
    """A word of the vocabulary and its cosine with a vector."""

    text: str
    cosine: float


@dataclass(frozen=True)
class VirtualToken:
    """One trained vector: the words around it, and how it lies to the one that it began as."""

    start: str  # the word that its start is nearest to, itself where it began as a word
    nearest: tuple[Near, ...]  # the most alike first
    moved: float  # between start and end, in lengths of a word
    kept: float  # cosine of start and end: 1 where it only grew or shrank
    length: float  # in lengths of a word
    place: tuple[float, float]  # on the map
    start_place: tuple[float, float]


@dataclass(frozen=True)
class SoftPrompt:
    """All vectors of a run, in the order in which they stand before the prompt."""

    tokens: tuple[VirtualToken, ...]
    shown: float  # share of how the vectors and their starts differ that the flat map keeps
    usual: float  # 95 words of 100 are at least this alike to their own nearest other word
    words: int  # of the vocabulary that were looked through

    @property
    def far(self) -> int:
        """Tokens that are less like any word than words are like one another."""
        return sum(token.nearest[0].cosine < self.usual for token in self.tokens)

    @property
    def sentence(self) -> str:
        """What came of the start, in plain words."""
        moved = statistics.median(token.moved for token in self.tokens)
        kept = statistics.median(token.kept for token in self.tokens)
        stayed = sum(token.nearest[0].text == token.start for token in self.tokens)
        count = len(self.tokens)
        middle = "" if count == 1 else ", in the middle of all"
        return (
            f"{_tokens(count)} moved {moved:.1f} times the length of a word's vector on the way"
            f"{middle}, and {_kept(kept)} (cosine {kept:.2f}); {_stayed(stayed, count)} the word "
            "that it began as."
        )

    @property
    def warning(self) -> str:
        """Why the words beside the tokens say little; "" where they lie among the words."""
        if not self.far:
            return ""
        best = max(t.nearest[0].cosine for t in self.tokens if t.nearest[0].cosine < self.usual)
        long = statistics.median(token.length for token in self.tokens)
        grown = f" They are {long:.1f} times as long as one, too." if long >= 2 else ""
        lie = "lies" if self.far == 1 else "lie"
        return (
            f"{self.far} of {_of(len(self.tokens))} {lie} far from every word: at most "
            f"{best:.2f} alike to one, where words are {self.usual:.2f} or more alike to their own "
            f"nearest.{grown} Do not read the words below as what the prompt says."
        )


def write(found: SoftPrompt, folder: Path) -> None:
    """Keep it in the run's folder, whole or not at all."""
    path = folder / FILE
    half = path.with_suffix(".half")
    told = {"form": FORM, **dataclasses.asdict(found)}
    half.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    half.replace(path)


def read(folder: Path) -> SoftPrompt | None:
    """What `write` kept; None where there is nothing, or nothing that can be read."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if told.pop("form") != FORM:
            return None
        tokens = tuple(_token(token) for token in told.pop("tokens"))
        return SoftPrompt(tokens=tokens, **told) if tokens else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _token(told: dict[str, Any]) -> VirtualToken:
    near = tuple(Near(**one) for one in told.pop("nearest"))
    place, start_place = _pair(told.pop("place")), _pair(told.pop("start_place"))
    if not near:
        raise ValueError("a token without a nearest word")
    return VirtualToken(nearest=near, place=place, start_place=start_place, **told)


def _pair(told: Sequence[float]) -> tuple[float, float]:
    x, y = told
    return float(x), float(y)


def _tokens(count: int) -> str:
    return "The virtual token" if count == 1 else f"The {count} virtual tokens"


def _of(count: int) -> str:
    return "1 virtual token" if count == 1 else f"{count} virtual tokens"


def _kept(cosine: float) -> str:
    if cosine >= 0.9:
        return "hardly turned"
    return "turned somewhat" if cosine >= 0.5 else "turned away from where they began"


def _stayed(stayed: int, count: int) -> str:
    if count == 1:
        return f"it is {'still' if stayed else 'no longer'} nearest to"
    if stayed == count:
        return "each is still nearest to"
    if stayed == 0:
        return "none is still nearest to"
    return f"{stayed} of them {'is' if stayed == 1 else 'are each'} still nearest to"
