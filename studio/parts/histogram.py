"""Lengths of examples as a histogram, with what a run reads of them drawn in."""

from __future__ import annotations

from collections.abc import Sequence

from studio.parts.scale import ticks
from studio.parts.text import count, esc, several

EARLY = 0.3  # of the width: up to here the limit's words stand behind its line


def lengths_picture(
    tokens: Sequence[int],
    limit: int,
    model_limit: int = 0,
    bins: int = 32,
    *,
    over: int | None = None,
    counted: int | None = None,
) -> str:
    """Bars of equal width; those past the limit, which is that of a run, are hatched.

    `over` is how many are past it where `tokens` stand for more than themselves. `counted` is how
    many examples were looked at, the first of each part, where that is not all.
    """
    if not tokens:
        return '<p class="quiet">There is nothing to measure.</p>'
    longest = max(tokens)
    right = max(longest, 1) if limit > 1.6 * longest else max(limit, longest) * 1.02
    width = right / bins
    heights = [0] * bins
    for n in tokens:
        heights[min(bins - 1, int(n / width))] += 1
    top = max(heights)
    bars = "".join(
        f'<span class="{"over" if i * width >= limit else ""}" '
        f'style="height:{100 * h / top:.1f}%"></span>'
        for i, h in enumerate(heights)
    )
    over = sum(n > limit for n in tokens) if over is None else over
    middle = sorted(tokens)[len(tokens) // 2]
    sentence = _told(middle, longest, limit, model_limit, over, counted)
    early = " early" if limit < EARLY * right else ""
    line = (
        f'<span class="limit{early}" style="left:{100 * limit / right:.2f}%"><i>limit '
        f"{count(limit)}</i></span>"
        if limit <= right
        else ""
    )
    axis = "".join(
        f'<i style="left:{100 * t / right:.2f}%">{count(t)}</i>' for t in ticks(0, right, 4)
    )
    return (
        f'<figure class="hist"><div role="img" aria-label="{esc(sentence)}"><div class="bars">'
        f'{bars}{line}</div><div class="axis" aria-hidden="true">{axis}</div></div>'
        f"<figcaption>{esc(sentence)} A token is a piece of a word, three to four letters in "
        "English.</figcaption></figure>"
    )


def up_to(limit: int, model_limit: int) -> str:
    """How many tokens of an example are read, and how many could be."""
    if limit == model_limit:
        return f"the model can read {count(limit)}"
    more = f", the model can read {count(model_limit)}" if model_limit else ""
    return f"a run reads up to {count(limit)} unless you set more{more}"


def _told(
    middle: int, longest: int, limit: int, model_limit: int, over: int, counted: int | None
) -> str:
    """The picture in words."""
    which = "the examples" if counted is None else f"the first {count(counted)} examples"
    fits = "All fit." if counted is None else "All of these fit."
    if over:
        fits = f"{several(over, 'example has', 'examples have')} more than {count(limit)}."
    return (
        f"Half of {which} have up to {several(middle, 'token')}, the longest has "
        f"{count(longest)}; {up_to(limit, model_limit)}. {fits}"
    )
