"""Radio buttons as cards: what it is, when to choose it, what it costs, or why it cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.parts.text import esc


@dataclass(frozen=True)
class Choice:
    """One card; `tag` is a word in the accent's colour, `why` disables it and says why."""

    value: str
    title: str
    lines: tuple[str, ...]
    tag: str = ""
    cost: str = ""
    why: str = ""


def choice_cards(name: str, legend: str, choices: Sequence[Choice], chosen: str) -> str:
    """A fieldset of cards, of which `chosen` is pressed."""
    cards = "".join(_card(name, c, c.value == chosen) for c in choices)
    return f'<fieldset class="choice"><legend>{esc(legend)}</legend><div>{cards}</div></fieldset>'


def _card(name: str, choice: Choice, chosen: bool) -> str:
    tag = f' <span class="tag">{esc(choice.tag)}</span>' if choice.tag else ""
    lines = "".join(f"<span>{esc(line)}</span>" for line in choice.lines)
    cost = f'<span class="cost">{esc(choice.cost)}</span>' if choice.cost else ""
    why = f'<span class="why">{esc(choice.why)}</span>' if choice.why else ""
    state = (" checked" if chosen else "") + (" disabled" if choice.why else "")
    return (
        f'<label class="pick"><input type="radio" name="{esc(name)}" '
        f'value="{esc(choice.value)}"{state}/><span><b>{esc(choice.title)}{tag}</b>{lines}{cost}'
        f"{why}</span></label>"
    )
