"""Rows of data as cards of prompt and completion, and the loss mask in colour."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, repeat

from jobs import Example, MaskedExample, MaskedToken
from studio.parts.text import clip, count, esc, several

LONGEST_TEXT = 1200  # characters of a prompt or a completion that are shown


def example_cards(
    examples: Iterable[Example], feet: Iterable[str] = (), here: Example | None = None
) -> str:
    """Each example with its prompt above and what should be answered below; `feet` is HTML.

    `here` is the one that somebody came to look at.
    """
    pairs = zip(examples, chain(feet, repeat("")), strict=False)
    cards = (_card(example, foot, here=example == here) for example, foot in pairs)
    return f'<ol class="cards">{"".join(cards)}</ol>'


def _card(example: Example, foot: str, *, here: bool) -> str:
    answers = "".join(
        f'<p class="said" dir="auto">{esc(clip(text, LONGEST_TEXT))}</p>'
        for text in example.references
    )
    name = "Completions" if len(example.references) > 1 else "Completion"
    row = f'<p class="quiet row-no">Row {count(example.row)}</p>' if example.row else ""
    mark = 'card here" aria-current="true"' if here else 'card"'
    return (
        f'<li class="{mark}>{row}<h3>Prompt</h3><p class="said" dir="auto">'
        f"{esc(clip(example.prompt, LONGEST_TEXT))}</p><h3>{name}</h3>{answers}{foot}</li>"
    )


def mask_cards(examples: Iterable[MaskedExample]) -> str:
    """What is read, what is learnt and what is cut, token by token (`MaskedExample`)."""
    key = (
        '<p class="quiet mask-key"><span class="tok read">read</span> is what the model is given, '
        '<span class="tok learnt">learnt</span> is what it is taught to answer, '
        '<span class="tok cut">cut</span> does not fit. '
        "A thin line ends each token: a word, or a piece of one.</p>"
    )
    rows = []
    for example in examples:
        pieces = "".join(_tokens(example.tokens))
        rows.append(
            f'<li class="card"><p class="quiet row-no">{_told(example)}</p>'
            f'<p class="said mask" dir="auto">{pieces}</p></li>'
        )
    return f'{key}<ol class="cards wide">{"".join(rows)}</ol>'


def _told(example: MaskedExample) -> str:
    """How long a row is, and what of it is lost."""
    words = f"Row {count(example.row)}: {several(example.length, 'token')}"
    if example.cut == example.length:
        return f"{words}. Its completion leaves no room for a prompt: the row is left out."
    if example.cut:
        return f"{words}, {count(example.cut)} of them cut out of the middle of the prompt."
    return f"{words}, all of them fit."


def _tokens(tokens: Iterable[MaskedToken]) -> Iterable[str]:
    """A span each; the style sheet ends it with a thin line."""
    for token in tokens:
        if token.more:
            hidden = f" … {several(token.more, 'more token')} … "
            yield f'<span class="tok more {esc(token.state)}">{hidden}</span>'
            continue
        yield f'<span class="tok {esc(token.state)}">{esc(token.text)}</span>'
