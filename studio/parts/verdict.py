"""The one honest sentence, with a sign for its direction."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobs import WARNING
from studio.parts.text import esc

_SIGNS = {
    "better": '<path d="M8 13V3m-4.5 4.5L8 3l4.5 4.5" fill="none"/>',
    "worse": '<path d="M8 3v10m-4.5-4.5L8 13l4.5-4.5" fill="none"/>',
    "unclear": '<path d="M2 9.5c2-4 4-4 6-1.5s4 2.5 6-1.5" fill="none"/>',
    "plain": '<path d="M1.5 8h13M1.5 5.5v5m13-5v5" fill="none"/>'
    '<circle class="full" cx="8" cy="8" r="1.5"/>',
}


def sign(outcome: str) -> str:
    """The sign of a comparison's outcome: an arrow only where the sentence takes a side."""
    return {"better": "better", "worse": "worse", "plain": "plain"}.get(outcome, "unclear")


_REFERENCE = "the reference, the answer you wished for"
# What a newcomer needs to read the sentence, by the words of it that need explaining; verdicts that
# were stored by earlier versions have the technical name.
_MEANINGS = {
    r"word overlap|ROUGE-L": "Word overlap (ROUGE-L) says how many words an answer shares, in "
    f"order, with {_REFERENCE}: 0 is none, 1 is all of them.",
    r"exact match|Exact match": "Exact match is the share of answers that are, letter for letter, "
    f"{_REFERENCE}.",
    r"nats a token": f"Surprise says how unlikely {_REFERENCE}, is to the model, word for word: "
    "less is better.",
}
_RANGE = re.compile(r"\(\S+ to \S+\)")
_DOUBT = "Ranges like the one in brackets hold the true difference 95 times in 100."


def meaning(sentence: str) -> str:
    """The terms of a verdict in plain words, or "" where it has none."""
    said = [words for term, words in _MEANINGS.items() if re.search(term, sentence)]
    return " ".join([*said, _DOUBT] if said and _RANGE.search(sentence) else said)


def banner(sentence: str, kind: str = "plain", *, ways: Sequence[tuple[str, str]] = ()) -> str:
    """The sentence, its further lines smaller; `ways` are the addresses that one goes to from it,
    each with its words."""
    links = "".join(f'<a class="button" href="{esc(to)}">{esc(label)}</a>' for to, label in ways)
    way = f'<span class="ways-on">{links}</span>' if links else ""
    said, _, more = sentence.partition("\n")
    beside = "".join(map(_beside, more.split("\n"))) if more else ""
    plain = f'<span class="quiet">{esc(words)}</span>' if (words := meaning(sentence)) else ""
    return (
        f'<div class="verdict {kind}" role="status"><svg viewBox="0 0 16 16" aria-hidden="true">'
        f"{_SIGNS[kind]}</svg><p>{esc(said)}{beside}{plain}</p>{way}</div>"
    )


def _beside(line: str) -> str:
    """A line below the sentence; one that warns looks like a warning."""
    if not line.startswith(WARNING):
        return f'<span class="beside">{esc(line)}</span>'
    said = esc(line.removeprefix(WARNING))
    return f'<span class="beside warned"><strong>Warning.</strong> {said}</span>'
