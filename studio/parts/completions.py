"""Completions side by side: the reference first, then a column a variant with its score."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from jobs import ComparedExample, Completion, Score
from studio.parts.colours import swatch, title
from studio.parts.text import clip, esc, score

# A word; a single sign of a script that is written without spaces; or anything else, one by one.
_PIECES = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]|[^\W_]+(?:['’][^\W_]+)*|\s+|.", re.DOTALL)
_MOST = 600  # pieces; beyond this marking costs more than it shows


def marked(text: str, references: Sequence[str]) -> str:
    """The text with what its nearest reference does not have marked, softly, by a dotted line."""
    pieces = _PIECES.findall(text)
    if not pieces or not references or len(pieces) > _MOST:
        return esc(text)
    plain = [p.casefold() for p in pieces]
    shared = max(
        (_shared(plain, [p.casefold() for p in _PIECES.findall(r)[:_MOST]]) for r in references),
        key=len,
    )
    out: list[str] = []
    run: list[str] = []
    for i, piece in enumerate(pieces):
        if i in shared or (piece.isspace() and not run):
            out.append(_mark(run) + esc(piece))
            run = []
        else:
            run.append(piece)
    return "".join(out) + _mark(run)


def _shared(a: list[str], b: list[str]) -> set[int]:
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return {i for block in blocks for i in range(block.a, block.a + block.size)}


def _mark(run: list[str]) -> str:
    """Spaces at the end of a run of differing words stay outside of the mark."""
    text = "".join(run)
    body = text.rstrip()
    return (f"<mark>{esc(body)}</mark>" if body else "") + esc(text[len(body) :])


LEAST = 0.1  # a best score below it is no praise
LEAD = 0.01  # and a lead below it none either


def winner(example: ComparedExample, metric: str) -> str | None:
    """The variant with the highest score of its row; none where two share it, or none is good."""
    values = [
        (s.value, v)
        for v, scores in example.scores.items()
        if (s := scores.get(metric)) is not None and s.value is not None
    ]
    values.sort(reverse=True)
    if not values or values[0][0] < LEAST:
        return None
    if len(values) > 1 and values[0][0] - values[1][0] < LEAD:
        return None
    return values[0][1]


def reference_title(example: ComparedExample) -> str:
    """What the answers that one wished for are called, wherever they stand."""
    return "References" if len(example.references) > 1 else "Reference"


def compared_row(example: ComparedExample, variants: Sequence[str], metric: str) -> str:
    """One prompt with the reference and every variant's completion."""
    best = winner(example, metric)
    references = "".join(
        f'<p class="said" dir="auto">{esc(clip(r, 1500))}</p>' for r in example.references
    )
    columns = "".join(
        _column(v, example, variants, example.scores.get(v, {}).get(metric), v == best)
        for v in variants
    )
    number = example.index + 1
    # Beside four answers or more the reference would leave none of them room: it stands above.
    wide = " many" if len(variants) > 3 else ""
    count = len(variants) + (not wide)
    return (
        f'<article class="row" id="row-{number}" tabindex="-1" aria-label="Prompt {number}">'
        f'<header><h3>Prompt {number}</h3><p class="said" dir="auto">'
        f"{esc(clip(example.prompt, 2000))}</p></header>"
        f'<div class="columns{wide}" style="--n:{count}"><div class="answer reference">'
        f"<h4>{reference_title(example)}</h4>{references}</div>{columns}</div></article>"
    )


def _column(
    variant: str, example: ComparedExample, variants: Sequence[str], value: Score | None, best: bool
) -> str:
    completion = example.completions.get(variant)
    crown = '<span class="crown">highest score here</span>' if best else ""
    reason = f' title="{esc(value.reason)}"' if value is not None and value.reason else ""
    number = score(value.value if value else None)
    return (
        f'<div class="answer{" winner" if best else ""}"><h4>{swatch(variant, variants)}'
        f'<span class="name">{esc(title(variant))}</span><span class="score"{reason}>{number}'
        f"</span>{crown}</h4>{completion_text(completion, example.references)}</div>"
    )


def completion_text(completion: Completion | None, references: Sequence[str] = ()) -> str:
    """What was answered, an empty answer and a cut one said in words."""
    if completion is None:
        return '<p class="quiet">No answer yet.</p>'
    if not completion.text.strip():
        return '<p class="quiet">An empty answer.</p>'
    cut = '<p class="quiet">Cut off: it ran into the length limit.</p>' * completion.hit_limit
    text = clip(completion.text, 3000)
    body = marked(text, references) if references else esc(text)
    return f'<p class="said" dir="auto">{body}</p>{cut}'
