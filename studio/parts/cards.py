"""Rows of data as cards of prompt and completion, and the loss mask in colour."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, repeat

from jobs import Example, MaskedExample, MaskedToken
from studio.parts.text import clip, esc


def example_cards(examples: Iterable[Example], feet: Iterable[str] = ()) -> str:
    """Each example with its prompt above and what should be answered below; `feet` is HTML."""
    cards = (_card(e, foot) for e, foot in zip(examples, chain(feet, repeat("")), strict=False))
    return f'<ol class="cards">{"".join(cards)}</ol>'


def _card(example: Example, foot: str) -> str:
    answers = "".join(
        f'<p class="said" dir="auto">{esc(clip(text, 1200))}</p>' for text in example.references
    )
    name = "Completions" if len(example.references) > 1 else "Completion"
    row = f'<p class="quiet row-no">Row {example.row}</p>' if example.row else ""
    return (
        f'<li class="card">{row}<h3>Prompt</h3><p class="said" dir="auto">'
        f"{esc(clip(example.prompt, 1200))}</p><h3>{name}</h3>{answers}{foot}</li>"
    )


def mask_cards(examples: Iterable[MaskedExample]) -> str:
    """What is read, what is learnt and what is cut, token by token (`MaskedExample`)."""
    key = (
        '<p class="quiet mask-key"><span class="tok read">read</span> is what the model is given, '
        '<span class="tok learnt">learnt</span> is what it is taught to answer, '
        '<span class="tok cut">cut</span> does not fit.</p>'
    )
    rows = []
    for example in examples:
        pieces = "".join(_tokens(example.tokens))
        rows.append(f'<li class="card"><p class="said mask" dir="auto">{pieces}</p></li>')
    return f'{key}<ol class="cards wide">{"".join(rows)}</ol>'


def _tokens(tokens: Iterable[MaskedToken]) -> Iterable[str]:
    """Runs of tokens in one state share a span with a hair line between the tokens."""
    for token in tokens:
        yield f'<span class="tok {esc(token.state)}">{esc(token.text)}</span>'
